package ec2

// instanceTable has the limits of common instance types: families, then each size with its network interfaces and the
// IPv4 addresses of one (github.com/aws/amazon-vpc-cni-k8s v1.23.2, pkg/vpc/vpc_ip_resource_limit.go, read in November
// 2026). Families on the Xen hypervisor are marked: the CNI assigns no prefixes to them.
const instanceTable = `
a1: medium 2/4, large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, metal 8/30
c5 c5d: large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 9xlarge 8/30, 12xlarge 8/30, 18xlarge 15/50, 24xlarge 15/50, metal 15/50
c5a c5ad m5 m5d m5dn m5n r5 r5b r5d r5dn r5n: large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 12xlarge 8/30, 16xlarge 15/50, 24xlarge 15/50, metal 15/50
c5n: large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 9xlarge 8/30, 18xlarge 15/50, metal 15/50
c6a m6a r6a: large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 12xlarge 8/30, 16xlarge 15/50, 24xlarge 15/50, 32xlarge 15/50, 48xlarge 15/50, metal 15/50
c6g c6gd c7g c7gd c7gn m6g m6gd m7g m7gd r6g r6gd r7g r7gd x2gd: medium 2/4, large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 12xlarge 8/30, 16xlarge 15/50, metal 15/50
c6gn: medium 2/4, large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 12xlarge 8/30, 16xlarge 15/50
c6i c6id m6i m6id r6i r6id: large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 12xlarge 8/30, 16xlarge 15/50, 24xlarge 15/50, 32xlarge 15/50, metal 15/50
c6in m6idn m6in r6idn r6in: large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 12xlarge 8/30, 16xlarge 15/50, 24xlarge 15/50, 32xlarge 8/50, metal 8/50
c7a m7a r7a: medium 2/4, large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 12xlarge 8/30, 16xlarge 15/50, 24xlarge 15/50, 32xlarge 15/50, 48xlarge 15/50, metal-48xl 15/50
c7i: large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 12xlarge 8/30, 16xlarge 15/50, 24xlarge 15/50, 32xlarge 15/50, 48xlarge 15/50, metal-24xl 15/50, metal-48xl 15/50
c7i-flex m7i-flex: large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 12xlarge 8/30, 16xlarge 15/50
c8a m8a r8a: medium 2/4, large 3/20, xlarge 4/20, 2xlarge 4/40, 4xlarge 8/40, 8xlarge 10/40, 12xlarge 12/64, 16xlarge 16/64, 24xlarge 16/64, 48xlarge 24/64, metal-24xl 16/64, metal-48xl 24/64
c8g c8gd m8g m8gd r8g r8gd x8g: medium 2/4, large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 12xlarge 8/30, 16xlarge 15/50, 24xlarge 15/50, 48xlarge 15/50, metal-24xl 15/50, metal-48xl 15/50
c8gb c8gn m8gb m8gn r8gb r8gn: medium 2/4, large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 10/30, 12xlarge 12/30, 16xlarge 16/50, 24xlarge 24/50, 48xlarge 12/50, metal-24xl 24/50, metal-48xl 12/50
c8i c8id m8i m8id r8i r8id: large 3/20, xlarge 4/30, 2xlarge 4/30, 4xlarge 8/50, 8xlarge 10/50, 12xlarge 12/50, 16xlarge 16/64, 24xlarge 16/64, 32xlarge 24/64, 48xlarge 24/64, 96xlarge 24/64, metal-48xl 24/64, metal-96xl 24/64
c8i-flex m8i-flex r8i-flex: large 3/20, xlarge 4/30, 2xlarge 4/30, 4xlarge 8/50, 8xlarge 10/50, 12xlarge 12/50, 16xlarge 16/64
c8ib c8in m8ib m8idb m8idn m8in r8ib r8idb r8idn r8in: large 4/20, xlarge 4/30, 2xlarge 4/30, 4xlarge 8/50, 8xlarge 8/50, 12xlarge 12/50, 16xlarge 16/64, 24xlarge 16/64, 32xlarge 16/64, 48xlarge 24/64, 96xlarge 12/64, metal-48xl 24/64, metal-96xl 12/64
c8ine m8ine: large 4/20, xlarge 4/30, 2xlarge 4/30, 4xlarge 8/50, 8xlarge 8/50, 12xlarge 12/50
c9g c9gd m9g m9gd: medium 2/20, large 3/20, xlarge 4/30, 2xlarge 4/30, 4xlarge 8/50, 8xlarge 10/50, 12xlarge 12/50, 16xlarge 16/64, 24xlarge 24/64, 48xlarge 24/64, metal-48xl 24/64
d2 (xen): xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30
d3: xlarge 4/3, 2xlarge 4/5, 4xlarge 4/10, 8xlarge 3/20
d3en: xlarge 4/3, 2xlarge 4/5, 4xlarge 4/10, 6xlarge 4/15, 8xlarge 4/20, 12xlarge 3/30
g4ad: xlarge 2/4, 2xlarge 2/4, 4xlarge 3/10, 8xlarge 4/15, 16xlarge 8/30
g4dn: xlarge 3/10, 2xlarge 3/10, 4xlarge 3/10, 8xlarge 4/15, 12xlarge 8/30, 16xlarge 4/15, metal 15/50
g5: xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 12xlarge 15/50, 16xlarge 8/30, 24xlarge 15/50, 48xlarge 7/50
g5g: xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 16xlarge 15/50, metal 15/50
g6: xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 12xlarge 8/30, 16xlarge 15/50, 24xlarge 15/50, 48xlarge 15/50
g6e: xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 12xlarge 10/30, 16xlarge 15/50, 24xlarge 10/50, 48xlarge 10/50
g6f: large 2/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30
g7: 2xlarge 4/64, 4xlarge 8/64, 8xlarge 10/64, 12xlarge 12/64, 24xlarge 24/64, 48xlarge 12/64
g7e: 2xlarge 4/64, 4xlarge 8/64, 8xlarge 8/64, 12xlarge 10/64, 24xlarge 10/64, 48xlarge 10/64
gr6: 4xlarge 8/30, 8xlarge 8/30
gr6f: 4xlarge 8/30
i3 (xen): large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 16xlarge 15/50
i3en: large 3/10, xlarge 4/15, 2xlarge 4/15, 3xlarge 4/15, 6xlarge 8/30, 12xlarge 8/30, 24xlarge 15/50, metal 15/50
i4g im4gn: large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 16xlarge 15/50
i4i: large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 12xlarge 8/30, 16xlarge 15/50, 24xlarge 15/30, 32xlarge 15/50, metal 15/50
i7i i8g m7i r7i: large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 12xlarge 8/30, 16xlarge 15/50, 24xlarge 15/50, 48xlarge 15/50, metal-24xl 15/50, metal-48xl 15/50
i7ie: large 3/10, xlarge 4/15, 2xlarge 4/15, 3xlarge 4/15, 6xlarge 8/30, 12xlarge 8/50, 18xlarge 15/50, 24xlarge 15/50, 48xlarge 8/50, metal-24xl 15/50, metal-48xl 8/50
i8ge: large 3/10, xlarge 4/15, 2xlarge 4/15, 3xlarge 6/30, 6xlarge 10/30, 12xlarge 12/30, 18xlarge 16/50, 24xlarge 16/50, 48xlarge 12/50, metal-24xl 16/50, metal-48xl 12/50
inf1: xlarge 4/10, 2xlarge 4/10, 6xlarge 8/30, 24xlarge 11/30
inf2: xlarge 4/15, 8xlarge 8/30, 24xlarge 15/50, 48xlarge 15/50
is4gen: medium 2/4, large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30
m5a m5ad r5a r5ad: large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 12xlarge 8/30, 16xlarge 15/50, 24xlarge 15/50
m5zn z1d: large 3/10, xlarge 4/15, 2xlarge 4/15, 3xlarge 8/30, 6xlarge 8/30, 12xlarge 15/50, metal 15/50
m8azn: medium 3/4, large 4/20, xlarge 4/20, 3xlarge 8/40, 6xlarge 8/40, 12xlarge 16/64, 24xlarge 16/64, metal-12xl 16/64, metal-24xl 16/64
p3 (xen): 2xlarge 4/15, 8xlarge 8/30, 16xlarge 8/30
p3dn p4d p4de: 24xlarge 15/50
p5: 4xlarge 4/30, 48xlarge 2/50
p5e: 48xlarge 2/50
p5en p6-b200 p6-b300: 48xlarge 4/50
r7iz: large 3/10, xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 12xlarge 8/30, 16xlarge 15/50, 32xlarge 15/50, metal-16xl 15/50, metal-32xl 15/50
t1 (xen): micro 2/2
t2 (xen): nano 2/2, micro 2/2, small 3/4, medium 3/6, large 3/12, xlarge 3/15, 2xlarge 3/15
t3 t4g: nano 2/2, micro 2/2, small 3/4, medium 3/6, large 3/12, xlarge 4/15, 2xlarge 4/15
t3a: nano 2/2, micro 2/2, small 2/4, medium 3/6, large 3/12, xlarge 4/15, 2xlarge 4/15
trn1: 2xlarge 4/15, 32xlarge 5/50
trn1n: 32xlarge 5/50
trn2: 3xlarge 2/15, 48xlarge 2/50
x1 (xen): 16xlarge 8/30, 32xlarge 8/30
x1e (xen): xlarge 3/10, 2xlarge 4/15, 4xlarge 4/15, 8xlarge 4/15, 16xlarge 8/30, 32xlarge 8/30
x2idn: 16xlarge 15/50, 24xlarge 15/50, 32xlarge 15/50, metal 15/50
x2iedn: xlarge 4/15, 2xlarge 4/15, 4xlarge 8/30, 8xlarge 8/30, 16xlarge 15/50, 24xlarge 15/50, 32xlarge 15/50, metal 15/50
x2iezn: 2xlarge 4/15, 4xlarge 8/30, 6xlarge 8/30, 8xlarge 8/30, 12xlarge 15/50, metal 15/50
x8aedz: large 4/20, xlarge 4/20, 3xlarge 8/40, 6xlarge 8/40, 12xlarge 16/64, 24xlarge 16/64, metal-12xl 16/64, metal-24xl 16/64
x8i: large 3/20, xlarge 4/30, 2xlarge 4/30, 4xlarge 8/50, 8xlarge 10/50, 12xlarge 12/50, 16xlarge 16/64, 24xlarge 16/64, 32xlarge 24/64, 48xlarge 24/64, 64xlarge 24/64, 96xlarge 24/64, metal-48xl 24/64, metal-96xl 24/64
`

// branchTable has the instance types of the instance table that can have a trunk interface: families, then each size
// with the number of its branch interfaces (github.com/aws/amazon-vpc-resource-controller-k8s v1.8.2,
// pkg/aws/vpc/limits.go, read in November 2026).
const branchTable = `
a1: medium 10, large 9, xlarge 18, 2xlarge 38, 4xlarge 54, metal 54
c5 c5d: large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 9xlarge 54, 12xlarge 54, 18xlarge 107, 24xlarge 107, metal 107
c5a c5ad m5a m5ad r5a r5ad: large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 54, 12xlarge 54, 16xlarge 107, 24xlarge 107
c5n: large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 9xlarge 54, 18xlarge 107, metal 107
c6a m6a r6a: large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 84, 12xlarge 114, 16xlarge 107, 24xlarge 107, 32xlarge 107, 48xlarge 107, metal 107
c6g c6gd c7g c7gd c7gn m6g m6gd m7g m7gd r6g r6gd r7g r7gd: medium 4, large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 54, 12xlarge 54, 16xlarge 107, metal 107
c6gn: medium 4, large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 54, 12xlarge 54, 16xlarge 107
c6i c6id m6i m6id r6i r6id: large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 84, 12xlarge 114, 16xlarge 107, 24xlarge 107, 32xlarge 107, metal 107
c6in m6idn m6in r6idn r6in: large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 84, 12xlarge 114, 16xlarge 107, 24xlarge 107, 32xlarge 106, metal 106
c7a m7a r7a: medium 4, large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 84, 12xlarge 114, 16xlarge 107, 24xlarge 107, 32xlarge 107, 48xlarge 107, metal-48xl 107
c7i-flex m7i-flex: large 3, xlarge 8, 2xlarge 18, 4xlarge 34, 8xlarge 54, 12xlarge 114, 16xlarge 107
c7i: large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 84, 12xlarge 114, 16xlarge 107, 24xlarge 107, 32xlarge 107, 48xlarge 107, metal-24xl 107, metal-48xl 107
c8a m8a r8a: medium 4, large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 82, 12xlarge 110, 16xlarge 106, 24xlarge 106, 48xlarge 98, metal-24xl 106, metal-48xl 98
c8g c8gd m8g m8gd r8g r8gd x8g: medium 4, large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 54, 12xlarge 54, 16xlarge 107, 24xlarge 107, 48xlarge 107, metal-24xl 107, metal-48xl 107
c8gb c8gn m8gb m8gn r8gb r8gn: medium 4, large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 52, 12xlarge 50, 16xlarge 106, 24xlarge 98, 48xlarge 98, metal-24xl 98, metal-48xl 98
c8i c8id m8i m8id r8i r8id: large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 82, 12xlarge 110, 16xlarge 106, 24xlarge 106, 32xlarge 98, 48xlarge 98, 96xlarge 98, metal-48xl 98, metal-96xl 98
c8i-flex m8i-flex r8i-flex: large 3, xlarge 8, 2xlarge 18, 4xlarge 34, 8xlarge 52, 12xlarge 110, 16xlarge 106
c8ib c8in m8ib m8idb m8idn m8in r8ib r8idb r8idn r8in: large 8, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 84, 12xlarge 110, 16xlarge 106, 24xlarge 106, 32xlarge 106, 48xlarge 98, 96xlarge 98, metal-48xl 98, metal-96xl 98
c8ine m8ine: large 8, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 84, 12xlarge 110
c9g c9gd m9g m9gd: medium 4, large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 52, 12xlarge 50, 16xlarge 106, 24xlarge 98, 48xlarge 98, metal-48xl 98
d3: xlarge 42, 2xlarge 92, 4xlarge 118, 8xlarge 119
d3en: xlarge 24, 2xlarge 58, 4xlarge 118, 6xlarge 118, 8xlarge 118, 12xlarge 119
g4ad: xlarge 12, 2xlarge 12, 4xlarge 11, 8xlarge 10, 16xlarge 6
g4dn: xlarge 39, 2xlarge 39, 4xlarge 59, 8xlarge 58, 12xlarge 54, 16xlarge 118, metal 107
g5: xlarge 4, 2xlarge 17, 4xlarge 34, 8xlarge 84, 12xlarge 107, 16xlarge 114, 24xlarge 107, 48xlarge 115
g5g: xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 54, 16xlarge 107, metal 107
g6: xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 84, 12xlarge 114, 16xlarge 107, 24xlarge 107, 48xlarge 107
g6e: xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 84, 12xlarge 112, 16xlarge 107, 24xlarge 102, 48xlarge 82
g6f: large 10, xlarge 18, 2xlarge 38, 4xlarge 54
g7: 2xlarge 38, 4xlarge 54, 8xlarge 82, 12xlarge 110, 24xlarge 98, 48xlarge 98
g7e: 2xlarge 120, 4xlarge 120, 8xlarge 120, 12xlarge 120, 24xlarge 120, 48xlarge 120
gr6: 4xlarge 54, 8xlarge 84
gr6f: 4xlarge 54
i3en: large 5, xlarge 12, 2xlarge 28, 3xlarge 38, 6xlarge 54, 12xlarge 54, 24xlarge 107, metal 107
i4g im4gn: large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 54, 16xlarge 107
i4i: large 9, xlarge 6, 2xlarge 26, 4xlarge 52, 8xlarge 112, 12xlarge 112, 16xlarge 120, 24xlarge 105, 32xlarge 120, metal 120
i7i: large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 84, 12xlarge 84, 16xlarge 107, 24xlarge 107, 48xlarge 107, metal-24xl 107, metal-48xl 107
i7ie: large 19, xlarge 27, 2xlarge 27, 3xlarge 27, 6xlarge 54, 12xlarge 54, 18xlarge 107, 24xlarge 107, 48xlarge 107, metal-24xl 107, metal-48xl 107
i8g: large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 54, 12xlarge 54, 16xlarge 107, 24xlarge 107, 48xlarge 107, metal-24xl 107, metal-48xl 107
i8ge: large 19, xlarge 27, 2xlarge 27, 3xlarge 25, 6xlarge 52, 12xlarge 50, 18xlarge 106, 24xlarge 106, 48xlarge 98, metal-24xl 106, metal-48xl 98
inf1: xlarge 38, 2xlarge 38, 6xlarge 54, 24xlarge 111
inf2: xlarge 18, 8xlarge 84, 24xlarge 107, 48xlarge 107
is4gen: medium 4, large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 54
m5 r5: large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 54, 12xlarge 54, 16xlarge 107, 24xlarge 107, metal 120
m5d m5dn m5n r5b r5d r5dn r5n: large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 54, 12xlarge 54, 16xlarge 107, 24xlarge 107, metal 107
m5zn: large 13, xlarge 29, 2xlarge 62, 3xlarge 92, 6xlarge 114, 12xlarge 107, metal 107
m7i r7i: large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 84, 12xlarge 114, 16xlarge 107, 24xlarge 107, 48xlarge 107, metal-24xl 107, metal-48xl 107
m8azn: medium 3, large 8, xlarge 18, 3xlarge 34, 6xlarge 54, 12xlarge 106, 24xlarge 106, metal-12xl 106, metal-24xl 106
p3dn: 24xlarge 107
p4d p4de: 24xlarge 62
p5: 4xlarge 58, 48xlarge 120
p5e p5en p6-b200 p6-b300: 48xlarge 120
r7iz: large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 84, 12xlarge 114, 16xlarge 107, 32xlarge 107, metal-16xl 107, metal-32xl 107
trn1: 2xlarge 17, 32xlarge 82
trn1n: 32xlarge 120
x2gd: medium 10, large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 54, 12xlarge 54, 16xlarge 107, metal 107
x2idn: 16xlarge 107, 24xlarge 107, 32xlarge 107, metal 107
x2iedn: xlarge 11, 2xlarge 27, 4xlarge 54, 8xlarge 114, 16xlarge 107, 24xlarge 107, 32xlarge 107, metal 107
x2iezn: 2xlarge 62, 4xlarge 114, 6xlarge 114, 8xlarge 114, 12xlarge 107, metal 107
x8aedz: large 8, xlarge 18, 3xlarge 34, 6xlarge 54, 12xlarge 106, 24xlarge 106, metal-12xl 106, metal-24xl 106
x8i: large 9, xlarge 18, 2xlarge 38, 4xlarge 54, 8xlarge 82, 12xlarge 110, 16xlarge 106, 24xlarge 106, 32xlarge 98, 48xlarge 98, 64xlarge 98, 96xlarge 98, metal-48xl 98, metal-96xl 98
z1d: large 13, xlarge 28, 2xlarge 58, 3xlarge 54, 6xlarge 54, 12xlarge 107, metal 107
`
