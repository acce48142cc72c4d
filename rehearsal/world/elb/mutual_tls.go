package elb

import (
	"regexp"

	"eksnet/rehearsal/world/store"
)

const mutualTLSDocs = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html"

// TrustStoreFound refuses a trust store of another region or partition.
var TrustStoreFound = store.NewRule("the trust store of a listener exists in its region",
	"operation error Elastic Load Balancing v2: CreateListener, api error TrustStoreNotFound: Trust store '%s' not found",
	mutualTLSDocs+" (TrustStoreNotFound)")

var trustStoreForm = regexp.MustCompile(`^arn:([a-z-]+):elasticloadbalancing:([a-z0-9-]+):[0-9]{12}:truststore/[A-Za-z0-9-]+/[0-9a-f]+$`)

// MutualTLS is how a listener handles the certificates of clients. AWS shows the mode off where it does not.
type MutualTLS struct {
	Mode       string `json:"mode"`
	TrustStore string `json:"trustStoreArn,omitempty"`
}

// SetMutualTLS sets how a listener handles the certificates of clients. A trust store in the right region and partition
// is taken to exist.
func SetMutualTLS(w *store.Account, listener *store.Object, m MutualTLS) error {
	parts := trustStoreForm.FindStringSubmatch(m.TrustStore)
	here := parts != nil && parts[1] == w.Partition().ID && parts[2] == w.Region
	if err := TrustStoreFound.When(m.TrustStore != "" && !here, m.TrustStore); err != nil {
		return err
	}
	output, _ := store.AsProperties(m)
	listener.Set("mutualAuthentication", output)
	return nil
}
