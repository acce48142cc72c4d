package balancer

import (
	"context"
	"crypto/tls"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"

	"eksnet/lab/certificate"
)

// certificate returns a certificate for the names of one in ACM. It is a new one of an authority that no client trusts:
// ACM returns no private key of an imported certificate
// (docs.aws.amazon.com/acm/latest/userguide/import-certificate.html).
func (d *Describer) certificate(ctx context.Context, arn string) (tls.Certificate, error) {
	if known, found := d.certificates[arn]; found {
		return known, nil
	}
	described, err := d.acm.DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: &arn})
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("certificate %s: %w", arn, err)
	}
	names := described.Certificate.SubjectAlternativeNames
	if len(names) == 0 {
		names = []string{aws.ToString(described.Certificate.DomainName)}
	}
	authority, err := certificate.NewAuthority()
	if err != nil {
		return tls.Certificate{}, err
	}
	text, key, err := authority.Issue(names...)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("certificate %s: %w", arn, err)
	}
	made, err := tls.X509KeyPair(text, key)
	if err == nil {
		d.certificates[arn] = made
	}
	return made, err
}
