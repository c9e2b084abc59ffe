#!/usr/bin/env python3
"""Writes unicode-classes.txt: the character classes that the reference programs of the metrics use, which differ from the .NET runtime's.

    ./make-unicode-classes.py > unicode-classes.txt      (runs python3.12 and python3.11 itself)

P, S, N    punctuation, symbols, numbers as of Unicode 15.0 (Python 3.12's tables; sacreBLEU's tokenizer intl reads the same through `regex` 2022.10)
W          what matches \\w in Python 3.11's `re` (word borders of the SQuAD script)
C, I       cased and case-ignorable characters of Python 3.11 (they decide how a word-final capital sigma is lowered)
L          code:code pairs where Python 3.11's lower() maps one character to one other

Lines:  class first-last,first,…  in hexadecimal.
"""
import subprocess
import sys

PROBE = r'''
import re, sys, unicodedata
def ranges(test):
    found, start = [], None
    for code in range(0x110001):
        inside = code < 0x110000 and not 0xD800 <= code < 0xE000 and test(chr(code))
        if inside and start is None: start = code
        if not inside and start is not None:
            found.append("%X" % start if start == code - 1 else "%X-%X" % (start, code - 1))
            start = None
    return ",".join(found)
if sys.argv[1] == "categories":
    assert unicodedata.unidata_version == "15.0.0"
    for group in "PSN": print(group, ranges(lambda c: unicodedata.category(c)[0] == group))
else:
    assert unicodedata.unidata_version == "14.0.0"
    print("W", ranges(lambda c: re.match(r"\w", c) is not None))
    # "xΣ" ends in a final sigma; with c between, it still does when c is cased or ignorable, and c alone before Σ makes it final only when cased.
    print("C", ranges(lambda c: (c + "\u03a3").lower()[-1] == "\u03c2"))
    print("I", ranges(lambda c: ("a\u03a3" + c + "a").lower()[1] == "\u03c3" and ("\u03a3" + c + "\u03a3").lower()[-1] == "\u03c2" and (c + "\u03a3").lower()[-1] == "\u03c3"))
    lower = [(c, chr(c).lower()) for c in range(0x80, 0x110000) if not 0xD800 <= c < 0xE000]
    print("L", ",".join("%X:%X" % (c, ord(l)) for c, l in lower if len(l) == 1 and ord(l) != c))
'''

for python, part in (("python3.12", "categories"), ("python3.11", "letters")):
    sys.stdout.write(subprocess.run([python, "-c", PROBE, part], check=True, capture_output=True, text=True).stdout)
