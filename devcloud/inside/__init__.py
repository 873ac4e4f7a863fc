"""What runs in the services' virtual environment, not in that of the user.

Keystone's and Glance's modules are imported by name: they are not there where this is type-checked, and have no types.
"""
