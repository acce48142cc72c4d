package ec2

import (
	"fmt"
	"time"

	"eksnet/rehearsal/world/store"
)

var (
	EipQuota = store.NewRule("a region has at most five Elastic IP addresses",
		"creating EC2 EIP: operation error EC2: AllocateAddress, api error AddressLimitExceeded: The maximum number of addresses has been reached.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html")
	EipUnused = store.NewRule("an Elastic IP address is not in use when it is released",
		"releasing EC2 EIP (%s): operation error EC2: ReleaseAddress, api error InvalidIPAddress.InUse: Address %s is in use. (%s)",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html")
)

// Address is an Elastic IP address.
type Address struct {
	PublicIP    string `json:"publicIp"`
	PrivateIP   string `json:"privateIp"`
	Association string `json:"associationId"`
	Interface   string `json:"networkInterface"`
	Instance    string `json:"instance"`
}

// AddressOf returns the properties of an Elastic IP address.
func AddressOf(o *store.Object) *Address { return store.Decode[Address](o) }

func addressKinds() []*store.Kind {
	return []*store.Kind{{
		Typ: store.EipType, Tagged: true,
		ForceNew: []string{"address", "domain", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool", "vpc"},
		Create:   createAddress,
		Update:   func(c *store.Call, o, old *store.Object) error { ShowAddress(c.Account, o, old.Outputs); return nil },
		Remove:   removeAddress,
		Creation: 2 * time.Second, Deletion: 2 * time.Second,
	}}
}

func createAddress(c *store.Call, o *store.Object) error {
	if err := EipQuota.When(len(c.All(store.EipType)) >= 5); err != nil {
		return err
	}
	o.ID = c.NewID("eipalloc-")
	ShowAddress(c.Account, o, store.Properties{"publicIp": PublicAddress(c.Account)})
	return nil
}

// PublicAddress returns an address of a range that is reserved for documentation, which no host on the internet has.
func PublicAddress(w *store.Account) string {
	for {
		n := w.Next()
		address := fmt.Sprintf("198.51.100.%d", 1+n%254)
		if len(w.With("", "publicIp", address)) == 0 {
			return address
		}
	}
}

// ShowAddress sets the outputs of an Elastic IP address and keeps what AWS generated and what uses it.
func ShowAddress(w *store.Account, o *store.Object, drawn store.Properties) {
	out := store.Properties{"allocationId": o.ID, "arn": w.ARN("ec2", "elastic-ip/"+o.ID), "associationId": "", "carrierIp": "", "customerOwnedIp": "",
		"domain": "vpc", "instance": "", "ipamPoolId": "", "networkBorderGroup": w.Region, "networkInterface": "", "privateDns": "", "privateIp": "",
		"ptrRecord": "", "publicIpv4Pool": "amazon", "vpc": true}
	for property := range drawn {
		if out[property] == "" || property == "publicIp" {
			out[property] = drawn[property]
		}
	}
	ip, _ := out["publicIp"].(string)
	out["publicDns"] = fmt.Sprintf("ec2-%s.%s.compute.%s", DashedAddress(ip), w.Region, w.Partition().DNSSuffix)
	o.Show(out)
}

// DashedAddress returns an address in the form of a DNS name.
func DashedAddress(address string) string {
	bytes := []byte(address)
	for i := range bytes {
		if bytes[i] == '.' {
			bytes[i] = '-'
		}
	}
	return string(bytes)
}

// AssociateAddress associates an Elastic IP address with an interface.
func AssociateAddress(w *store.Account, address, eni *store.Object, association string) {
	private := InterfaceOf(eni).PrivateIP
	address.Set("associationId", association)
	address.Set("networkInterface", eni.ID)
	address.Set("privateIp", private)
	address.Set("privateDns", "ip-"+DashedAddress(private)+"."+NodeDomain(w.Region))
}

// disassociate removes the association of an Elastic IP address.
func disassociate(w *store.Account, address *store.Object) {
	for _, property := range []string{"associationId", "networkInterface", "privateDns", "privateIp", "instance"} {
		address.Set(property, "")
	}
}

func removeAddress(c *store.Call, o *store.Object) error {
	a := AddressOf(o)
	return EipUnused.When(a.Interface != "", o.ID, a.PublicIP, a.Interface)
}
