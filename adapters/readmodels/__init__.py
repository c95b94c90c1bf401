"""Read models, one file each: the tables, the view (always for a viewer), and the projection that fills them."""
