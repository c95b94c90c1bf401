"""The pages: what people see. Each is made of what the API answers them, and each form is a request of the API."""
