package elb

import (
	"strings"

	"eksnet/rehearsal/world/store"
)

var (
	CertificateNamed = store.NewRule("a listener's certificates are ARNs in its region and partition",
		`operation error Elastic Load Balancing v2: CreateListener, api error ValidationError: Certificate ARN '%s' is not valid`,
		"https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2134; https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html")
	CertificateGiven = store.NewRule("a listener that terminates TLS has a certificate",
		`operation error Elastic Load Balancing v2: CreateListener, api error ValidationError: A certificate must be specified for %s listeners`,
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html (Certificates)")
	CertificateCount = store.NewRule("a load balancer has at most twenty-five certificates besides the default one",
		`operation error Elastic Load Balancing v2: AddListenerCertificates, api error TooManyCertificates: The maximum number of certificates per load balancer has been reached: %d`,
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html")
)

// CheckCertificates refuses the certificates of a listener that AWS refuses. A certificate in the right region and
// partition is taken to exist.
func CheckCertificates(w *store.Account, protocol string, certificates []string) error {
	for _, arn := range certificates {
		if err := CertificateNamed.When(!certificateHere(w, arn), arn); err != nil {
			return err
		}
	}
	encrypted := protocol == "HTTPS" || protocol == "TLS" || protocol == "SSL"
	return store.First(
		CertificateGiven.When(encrypted && len(certificates) == 0, protocol),
		CertificateCount.When(len(certificates) > 26, len(certificates)),
	)
}

// certificateHere reports whether an ARN is that of a certificate in ACM in the region, or of one in IAM, which has no
// regions.
func certificateHere(w *store.Account, arn string) bool {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[1] != w.Partition().ID || len(parts[4]) != 12 {
		return false
	}
	return (parts[2] == "acm" && parts[3] == w.Region && strings.HasPrefix(parts[5], "certificate/")) ||
		(parts[2] == "iam" && parts[3] == "" && strings.HasPrefix(parts[5], "server-certificate/"))
}
