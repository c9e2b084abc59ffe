#!/usr/bin/env python3
"""Writes unicode-data.txt, the character data that the .NET runtime does not offer without ICU.

    ./make-unicode-data.py > unicode-data.txt

Sources: Python's unicodedata and Perl's unicore (both Unicode 14 on Debian 12; Unicode licence v3, free to redistribute).
Decompositions and combining classes are cut to the characters present in Unicode 11.0, because the reference tokenizer's
normalisation stops there (Unicode never changes a decomposition once assigned, so cutting is all it takes). Scripts and
properties are whole.

Lines:  D code to...      canonical decomposition, one step
        K code to...      compatibility decomposition, one step
        X code            canonical decomposition that composition must not undo
        C first last n    combining class n, not 0
        S name first last script
        P name first last property
"""
import subprocess
import unicodedata as ucd

PERL = r'''
use Unicode::UCD qw(prop_invmap prop_invlist);
binmode STDOUT, ":utf8";
for (0..0x10FFFF) { next if $_ >= 0xD800 && $_ < 0xE000; print "P $_\n" if chr($_) !~ /\p{Present_In: 11.0}/ && chr($_) =~ /\p{Assigned}/;
                    print "X $_\n" if chr($_) =~ /\p{Full_Composition_Exclusion}/ }
my ($starts, $scripts) = prop_invmap("Script");
for my $i (0..$#$starts) { my $end = $i < $#$starts ? $starts->[$i + 1] - 1 : 0x10FFFF; print "S $scripts->[$i] $starts->[$i] $end\n" if $scripts->[$i] ne "Unknown" }
for my $name (qw(Alphabetic Uppercase Lowercase)) {
    my @edges = prop_invlist($name);
    for (my $i = 0; $i < @edges; $i += 2) { print "N $name $edges[$i] ", $edges[$i + 1] - 1, "\n" }
}
'''

newer, excluded, scripts, properties = set(), set(), [], []
for line in subprocess.run(["perl", "-e", PERL], check=True, capture_output=True, text=True).stdout.splitlines():
    kind, *fields = line.split()
    if kind == "P":
        newer.add(int(fields[0]))
    elif kind == "X":
        excluded.add(int(fields[0]))
    elif kind == "N":
        properties.append((fields[0], int(fields[1]), int(fields[2])))
    else:
        scripts.append((fields[0], int(fields[1]), int(fields[2])))

codes = [c for c in range(0x110000) if c not in newer and not 0xD800 <= c < 0xE000]
for c in codes:
    if decomposition := ucd.decomposition(chr(c)).split():
        kind = "K" if decomposition[0].startswith("<") else "D"
        print(kind, f"{c:X}", *(f"{int(d, 16):X}" for d in decomposition if not d.startswith("<")))
        if kind == "D" and c in excluded:
            print("X", f"{c:X}")

runs = []
for c in codes:
    if n := ucd.combining(chr(c)):
        if runs and runs[-1][1] == c - 1 and runs[-1][2] == n:
            runs[-1][1] = c
        else:
            runs.append([c, c, n])
for first, last, n in runs:
    print("C", f"{first:X}", f"{last:X}", n)

# Ideographs that came after Unicode 14: patterns do ask for Han.
scripts += [("Han", 0x2B739, 0x2B739), ("Han", 0x2EBF0, 0x2EE5D), ("Han", 0x31350, 0x323AF)]
for name, first, last in sorted(scripts):
    print("S", name, f"{first:X}", f"{last:X}")
for name, first, last in properties:
    print("P", name, f"{first:X}", f"{last:X}")
