"""How the identity tables came to be what they are: one file a change, never altered once released."""
