"""Who is at the desk: choosing an account, giving its password, signing in."""
