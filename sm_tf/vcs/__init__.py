"""Folders with stacks that are committed, for runs that begin with a commit."""
