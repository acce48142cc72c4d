package account

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// createCertificates imports a certificate for each that listeners use. Its contents do not matter.
func (m *creator) createCertificates() error {
	for _, arn := range m.stack.Certificates {
		certificate, key, err := newSelfSigned()
		if err != nil {
			return fmt.Errorf("certificate %s: %w", arn, err)
		}
		made, err := m.acm.ImportCertificate(withIDs(m.ctx, arn), &acm.ImportCertificateInput{Certificate: certificate, PrivateKey: key})
		if err != nil {
			return fmt.Errorf("certificate %s: %w", arn, err)
		}
		if err := checkID(arn, made.CertificateArn); err != nil {
			return err
		}
	}
	return nil
}

// allocateElasticIPs allocates an address for each of the operator's.
func (m *creator) allocateElasticIPs() error {
	for _, id := range m.stack.ElasticIPs {
		made, err := m.ec2.AllocateAddress(withIDs(m.ctx, id), &ec2.AllocateAddressInput{Domain: types.DomainTypeVpc})
		if err != nil {
			return fmt.Errorf("address %s: %w", id, err)
		}
		if err := checkID(id, made.AllocationId); err != nil {
			return err
		}
	}
	return nil
}

// newSelfSigned returns a certificate and its key in PEM.
func newSelfSigned() (certificate, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	text := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "lab.example.com"}, DNSNames: []string{"lab.example.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0)}
	signed, err := x509.CreateCertificate(rand.Reader, text, text, private.Public(), private)
	if err != nil {
		return nil, nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), nil
}
