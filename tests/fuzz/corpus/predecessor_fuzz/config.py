cs_clientID = "abc"
cs_secret = 'x\x41\n'
limit = 10000  # most
flag = True
none = None
import os
x = [1]
