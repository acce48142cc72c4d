package ec2

// lackingTable are the families of the instance table that a zone does not offer though its region does, by the zone's
// ID (github.com/cristim/ec2-instances-info v0.0.0-20250528091325-32acf84f42eb, data/instances.json,
// availability_zones, which is the response of ec2:DescribeInstanceTypeOfferings in May 2025; read in November 2026).
// Families that a zone has in some sizes are not in it, and newer families are taken to be offered.
const lackingTable = `
apne1-az1: a1 p3dn p4d p5en r5ad t3a
apne1-az2: c5a d3en g5 g6 g6e gr6 inf2 m8g p3 p3dn p4d p5 p5en x1e x2iedn
apne1-az4: g5g
apne2-az1: c7i-flex p4d
apne2-az2: g5 g5g g6 gr6 inf1 m5a m5ad m5zn m6id p3 p4d p5en r5a r5ad r5dn t2 t3a x1 x1e z1d
apne2-az3: c7i-flex g6 g6e gr6 m6gd p4d p5en r6gd
apne2-az4: c5a c5n c6gd c6gn c6id d2 g4dn g5g g6e i4i inf1 m5a m5ad m5zn p3 p5en r5a r5ad r5b r5dn r6gd r7i t2 t3a x1 x1e x2idn x2iedn z1d
apne3-az1: d2 m7g t2 x1 x1e
apne3-az2: d2 t2 x1 x1e
apne3-az3: g4dn i3en r6gd r7gd x2idn x2iedn
aps1-az1: a1 trn1
aps1-az2: g5 g6 gr6 inf2 p5en t2 x1e x2iedn z1d
aps1-az3: is4gen trn1
apse1-az1: c5ad inf2
apse1-az3: a1 d3en g5g m5zn p3 r6a x1e x2iedn
apse2-az1: p5e
apse2-az2: inf2 p3 p5e
apse2-az3: a1 g5 g6 gr6 i4g m5zn p3 p4d trn1 x1 x1e
cac1-az1: p3 p5
cac1-az2: c7gd p5
cac1-az4: c6id d2 g4ad g4dn g5 g6 gr6 inf1 m5ad m6a p3 r5a r5ad r6a t2 t3a x1 x1e
euc1-az1: a1 g4ad g6 gr6 inf2 m5ad m5zn p3 p4d
euc1-az2: c7i-flex g5g p4d r7iz
euc1-az3: g5g g6e
eun1-az1: g5 r5b r5dn
eun1-az2: inf1 p5e
eun1-az3: c8g g6 g6e gr6 inf2 p5e r6gd
euw1-az1: p3 p4d
euw1-az3: a1 p3dn p4d x2iezn
euw2-az1: c7gd g5 g6 gr6 inf2 m6id p3 p5e
euw2-az3: c6id d3 g4ad inf2 p5e r6gd r7gd
euw3-az1: c6id g6 gr6 inf2 m7gd
euw3-az2: c5a inf1
euw3-az3: r5dn
sae1-az1: inf2 p5 p5e
sae1-az2: c6id inf2 m5ad m6id p4d p5 r5a r5ad t2 x1 x1e
sae1-az3: c5ad g5 g6 gr6 m5zn m7gd p5e
use1-az1: a1 i8g inf2 p5en trn1 trn1n x2iezn
use1-az2: p3dn trn1 trn1n x8g
use1-az4: p3 p3dn p4d p5en trn1n
use1-az5: a1 d3 d3en g4ad g5g g6 g6e gr6 i8g im4gn is4gen m8g p3dn p4d p5en r5b trn1n x1e x2iezn x8g
use1-az6: p5en
use2-az1: trn1 trn1n
use2-az2: p5e trn1 trn1n trn2
use2-az3: a1 c5ad p3 p4d trn2 x1e x2iedn z1d
usw2-az1: a1 p5e p5en trn1n
usw2-az2: p3dn p5e trn1 trn1n
usw2-az3: c5ad trn1 trn1n
usw2-az4: a1 c6in g4ad g4dn g5 g5g im4gn is4gen m5dn m5n m5zn p3 p3dn p4d p5e r5b r5n r6idn r6in t2 x1 x1e x2idn x2iedn x2iezn x8g z1d
`

// olderOnly are the families that use1-az3 offers, from the same source; it offers no newer one.
const olderOnly = "d2 i3 p5 t2 x1"
