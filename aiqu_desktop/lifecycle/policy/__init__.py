"""Policies: what one model's releases are held to, read from a file of the site, noticed and recorded when changed."""

from aiqu_desktop.lifecycle.policy.settings import Mode, Policy
from aiqu_desktop.lifecycle.policy.standing import StandingPolicy, notice_policy, policy_file
from aiqu_desktop.lifecycle.policy.toml_file import parse_policy

__all__ = ["Mode", "Policy", "StandingPolicy", "notice_policy", "parse_policy", "policy_file"]
