a = "open
b = 1.5e3
ÿ = 2
