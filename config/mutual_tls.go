package config

import "regexp"

// MutualTLS is how an HTTPS listener handles the certificates of clients.
type MutualTLS struct {
	// Mode is verify, which accepts clients with a certificate of an authority in the trust store alone; passthrough,
	// which sends the certificates of clients to the pods in the header X-Amzn-Mtls-Clientcert without verifying them;
	// or none, which AWS calls off. Required.
	Mode string `json:"mode"`
	// TrustStore is the ARN of a trust store of Elastic Load Balancing in the region of the stack, with the certificates
	// of the authorities. Required with mode verify, and refused with others.
	TrustStore string `json:"trustStore"`
}

// The modes of mutual TLS, as AWS names them
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html).
const (
	MutualTLSVerify      = "verify"
	MutualTLSPassthrough = "passthrough"
	MutualTLSNone        = "none" // YAML reads off as false
)

var trustStoreARN = regexp.MustCompile(`^arn:[a-z-]+:elasticloadbalancing:([a-z0-9-]+):[0-9]{12}:truststore/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}$`)

// AWSMode returns the mode as AWS names it.
func (m MutualTLS) AWSMode() string {
	if m.Mode == MutualTLSNone {
		return "off"
	}
	return m.Mode
}

// mutualTLS is of the HTTPS listener. A trust store may be of another account that shares it; what partition it is of
// is plan's to check.
func (v *validator) mutualTLS(path string, w Workload, region string) {
	m := w.MutualTLS
	if m == nil {
		return
	}
	if w.Certificate == "" {
		v.Add(path, "%q, but without a certificate there is no HTTPS listener; add certificate, or remove it", m.Mode)
	}
	v.oneOf(path+".mode", m.Mode, MutualTLSVerify, MutualTLSPassthrough, MutualTLSNone)
	at, parts := path+".trustStore", trustStoreARN.FindStringSubmatch(m.TrustStore)
	switch {
	case m.TrustStore == "" && m.Mode != MutualTLSVerify:
	case m.TrustStore == "":
		v.Add(at, "missing; mode verify requires a trust store, such as arn:aws:elasticloadbalancing:%s:111122223333:truststore/clients/0123456789abcdef", region)
	case m.Mode != MutualTLSVerify:
		v.Add(at, "%q, but mode %s verifies no certificates; remove it, or write mode: verify", m.TrustStore, m.Mode)
	case !v.matches(at, m.TrustStore, trustStoreARN):
		v.Add(at, "%q is not the ARN of a trust store, such as arn:aws:elasticloadbalancing:%s:111122223333:truststore/clients/0123456789abcdef", m.TrustStore, region)
	case region != "" && parts[1] != region:
		v.Add(at, "the trust store is in %s, but a load balancer uses those of its own region, %s; create it there", parts[1], region)
	}
}
