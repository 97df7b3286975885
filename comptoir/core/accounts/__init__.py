"""Who a person is: users, sessions, second factor, invitations, tokens."""
