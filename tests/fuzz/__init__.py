"""Fuzz tests: input that is damaged or made to do harm. They are slow, so they run in an environment of their own."""
