"""Polish whole libraries of templates: read a table, polish each row, write it back with every change explained."""
