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
