"""Pages: one folder per idea (urls, views, forms) with its templates under templates/<idea>/."""
