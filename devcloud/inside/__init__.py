"""Code that runs in the services' virtual environment, not in that of the user.

The modules of Keystone and Glance are imported by name: they are not installed where this is type-checked.
"""
