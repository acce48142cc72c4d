package account

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"maps"
	"math/big"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"eksnet/lab/rehearsed"
)

// importedCertificates returns a certificate for each that a load balancer uses or has used. Its contents do not
// matter. The operator's certificates exist also while no load balancer uses them, so they are not deleted.
func (a *Account) importedCertificates(s *rehearsed.Stack) (all []*resource) {
	for _, arn := range s.Certificates {
		a.certificates[arn] = true
	}
	for _, arn := range slices.Sorted(maps.Keys(a.certificates)) {
		all = append(all, &resource{name: "certificate " + arn, create: func(ctx context.Context) error {
			certificate, key, err := newSelfSigned()
			if err != nil {
				return err
			}
			made, err := a.acm.ImportCertificate(withIDs(ctx, arn),
				&acm.ImportCertificateInput{Certificate: certificate, PrivateKey: key})
			if err != nil {
				return err
			}
			return checkID(arn, made.CertificateArn)
		}})
	}
	return all
}

// elasticIPs returns the Elastic IP addresses of the stack and of the operator. AWS chooses a public address; in moto
// it is the rehearsal's.
func (a *Account) elasticIPs(s *rehearsed.Stack) (all []*resource) {
	for _, e := range s.ElasticIPs {
		all = append(all, &resource{
			name: "Elastic IP address " + e.ID, id: e.ID, state: e.Tags, change: a.ec2TagsChange(e.ID, e.Tags),
			create: func(ctx context.Context) error {
				made, err := a.ec2.AllocateAddress(withIDs(ctx, e.ID), &ec2.AllocateAddressInput{
					Domain: types.DomainTypeVpc, Address: &e.PublicIP,
					TagSpecifications: tagSpecification(types.ResourceTypeElasticIp, e.Tags)})
				if err != nil {
					return err
				}
				return checkID(e.ID, made.AllocationId)
			},
			delete: func(ctx context.Context) error {
				_, err := a.ec2.ReleaseAddress(ctx, &ec2.ReleaseAddressInput{AllocationId: &e.ID})
				return err
			},
		})
	}
	return all
}

// newSelfSigned returns a certificate and its key in PEM.
func newSelfSigned() (certificate, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	text := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "lab.example.com"},
		DNSNames:  []string{"lab.example.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0)}
	signed, err := x509.CreateCertificate(rand.Reader, text, text, private.Public(), private)
	if err != nil {
		return nil, nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE",
		Bytes: signed}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), nil
}
