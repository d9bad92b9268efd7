"""Territory, organisations and the dated ties between them."""
