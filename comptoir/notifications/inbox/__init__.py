"""What people wrote that a person has to read: the page of the desk, its calls, answers by hand."""
