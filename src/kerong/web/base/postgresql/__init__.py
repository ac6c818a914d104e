"""Django's PostgreSQL, where every statement on a walled table says first who reads."""
