"""What people do with an agreement: one deed, one file, named as the deed."""
