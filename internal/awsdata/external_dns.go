package awsdata

// ExternalDNSController is the annotation of objects that ExternalDNS passes over if its value is another than
// dns-controller (github.com/kubernetes-sigs/external-dns v0.21.0, source/annotations).
const ExternalDNSController = "external-dns.alpha.kubernetes.io/controller"

// ExternalDNSHostname is the annotation of a Service with the names of its records.
const ExternalDNSHostname = "external-dns.alpha.kubernetes.io/hostname"
