"""Settings, URL configuration, WSGI entry."""
