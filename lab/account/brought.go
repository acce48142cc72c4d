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

// certificates puts a certificate into the account for each that load balancers show. Nothing reads what is in it.
func (m *maker) certificates() error {
	for _, arn := range m.stack.Certificates {
		certificate, key, err := selfSigned()
		if err != nil {
			return fmt.Errorf("certificate %s: %w", arn, err)
		}
		made, err := m.acm.ImportCertificate(m.ctx, &acm.ImportCertificateInput{Certificate: certificate, PrivateKey: key})
		if err != nil {
			return fmt.Errorf("certificate %s: %w", arn, err)
		}
		m.brought(arn, *made.CertificateArn)
	}
	return nil
}

// elasticIPs allocates an address for each that the operator has.
func (m *maker) elasticIPs() error {
	for _, id := range m.stack.ElasticIPs {
		made, err := m.ec2.AllocateAddress(m.ctx, &ec2.AllocateAddressInput{Domain: types.DomainTypeVpc})
		if err != nil {
			return fmt.Errorf("elastic address %s: %w", id, err)
		}
		m.brought(id, *made.AllocationId)
	}
	return nil
}

// brought notes what stands for something that the stack file names.
func (m *maker) brought(named, here string) {
	m.account.ids[named], m.account.Brought[here] = here, named
}

// selfSigned is a certificate with its key, in PEM.
func selfSigned() (certificate, key []byte, err error) {
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
