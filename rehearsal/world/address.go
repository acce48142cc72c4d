package world

import (
	"fmt"
	"time"
)

const eipType = "aws:ec2/eip:Eip"

var (
	eipQuota = rule("a region has at most five Elastic IP addresses",
		"creating EC2 EIP: operation error EC2: AllocateAddress, api error AddressLimitExceeded: The maximum number of addresses has been reached.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html")
	eipUnused = rule("an Elastic IP address is not in use when it is released",
		"releasing EC2 EIP (%s): operation error EC2: ReleaseAddress, api error InvalidIPAddress.InUse: Address %s is in use. (%s)",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html")
)

func addressKinds() []*kind {
	return []*kind{{
		typ: eipType, tagged: true,
		forceNew: []string{"address", "domain", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool", "vpc"},
		create:   createEIP,
		update:   func(c *call, o, old *Object) error { c.showEIP(o, old.Outputs); return nil },
		remove:   removeEIP,
		creation: 2 * time.Second, deletion: 2 * time.Second,
	}}
}

func createEIP(c *call, o *Object) error {
	if err := eipQuota.when(len(c.all(eipType)) >= 5); err != nil {
		return err
	}
	o.ID = c.newID("eipalloc-")
	c.showEIP(o, Properties{"publicIp": c.publicAddress()})
	return nil
}

// publicAddress returns an address of a range that is reserved for documentation, which no host on the internet has.
func (w *World) publicAddress() string {
	for {
		n := w.next()
		address := fmt.Sprintf("198.51.100.%d", 1+n%254)
		if len(w.with("", "publicIp", address)) == 0 {
			return address
		}
	}
}

// showEIP sets the outputs of an Elastic IP address and keeps what AWS generated and what uses it.
func (w *World) showEIP(o *Object, drawn Properties) {
	out := Properties{"allocationId": o.ID, "arn": w.arn("ec2", "elastic-ip/"+o.ID), "associationId": "", "carrierIp": "", "customerOwnedIp": "",
		"domain": "vpc", "instance": "", "ipamPoolId": "", "networkBorderGroup": w.region, "networkInterface": "", "privateDns": "", "privateIp": "",
		"ptrRecord": "", "publicIpv4Pool": "amazon", "vpc": true}
	for property := range drawn {
		if out[property] == "" || property == "publicIp" {
			out[property] = drawn[property]
		}
	}
	ip, _ := out["publicIp"].(string)
	out["publicDns"] = fmt.Sprintf("ec2-%s.%s.compute.%s", dashed(ip), w.region, w.partition().dnsSuffix)
	o.show(out)
}

// dashed returns an address in the form of a DNS name.
func dashed(address string) string {
	bytes := []byte(address)
	for i := range bytes {
		if bytes[i] == '.' {
			bytes[i] = '-'
		}
	}
	return string(bytes)
}

// associate associates an Elastic IP address with an interface.
func (w *World) associate(address, eni *Object, association string) {
	private := eni.text("privateIp")
	address.set("associationId", association)
	address.set("networkInterface", eni.ID)
	address.set("privateIp", private)
	address.set("privateDns", "ip-"+dashed(private)+"."+nodeDomain(w.region))
}

// disassociate removes the association of an Elastic IP address.
func (w *World) disassociate(address *Object) {
	for _, property := range []string{"associationId", "networkInterface", "privateDns", "privateIp", "instance"} {
		address.set(property, "")
	}
}

func removeEIP(c *call, o *Object) error {
	user := o.text("networkInterface")
	return eipUnused.when(user != "", o.ID, o.text("publicIp"), user)
}
