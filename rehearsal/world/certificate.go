package world

import "strings"

var (
	certificateNamed = rule("a listener's certificates are ARNs in its region and partition",
		`operation error Elastic Load Balancing v2: CreateListener, api error ValidationError: Certificate ARN '%s' is not valid`,
		"https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2134; https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html")
	certificateGiven = rule("a listener that terminates TLS has a certificate",
		`operation error Elastic Load Balancing v2: CreateListener, api error ValidationError: A certificate must be specified for %s listeners`,
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html (Certificates)")
	certificateCount = rule("a load balancer has at most twenty-five certificates besides the default one",
		`operation error Elastic Load Balancing v2: AddListenerCertificates, api error TooManyCertificates: The maximum number of certificates per load balancer has been reached: %d`,
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html")
)

// checkCertificates refuses the certificates of a listener that AWS refuses. A certificate in the right region and
// partition is taken to exist.
func (w *World) checkCertificates(protocol string, certificates []string) error {
	for _, arn := range certificates {
		if err := certificateNamed.when(!w.certificateHere(arn), arn); err != nil {
			return err
		}
	}
	encrypted := protocol == "HTTPS" || protocol == "TLS" || protocol == "SSL"
	return first(
		certificateGiven.when(encrypted && len(certificates) == 0, protocol),
		certificateCount.when(len(certificates) > 26, len(certificates)),
	)
}

// certificateHere reports whether an ARN is that of a certificate in ACM in the region, or of one in IAM, which has no
// regions.
func (w *World) certificateHere(arn string) bool {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[1] != w.partition().id || len(parts[4]) != 12 {
		return false
	}
	return (parts[2] == "acm" && parts[3] == w.region && strings.HasPrefix(parts[5], "certificate/")) ||
		(parts[2] == "iam" && parts[3] == "" && strings.HasPrefix(parts[5], "server-certificate/"))
}
