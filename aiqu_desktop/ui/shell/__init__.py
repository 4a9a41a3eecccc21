"""The frame around the pages: banner, rail, navigation, actions."""
