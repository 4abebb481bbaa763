"""How dates are written, by language, where Django's own form is not ours."""
