"""The public register: listings of certificates with two times, from this installation and from other registers."""
