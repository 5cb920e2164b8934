"""A project whose APIs stand in its URLconf alone."""
