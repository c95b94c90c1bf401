"""Who people are: names, addresses, passwords and tokens, in ordinary tables that can be erased."""
