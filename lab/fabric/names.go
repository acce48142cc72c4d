package fabric

import (
	"crypto/sha256"
	"fmt"
	"net"
	"strings"
)

// Names of namespaces, and of the router's links to them.
const (
	vpcName      = "vpc"
	internetName = "internet"
	clientName   = "client"
	serverName   = "server"
	otherName    = "other"
)

// Folders of namespaces.
const (
	hostFolder = "hosts/"
	natFolder  = "nat/"
)

// longestName is the number of characters of the longest name of a link.
const longestName = 15

const natPrefix = "nat-"

// LinkName returns the name of the router's link for the ID of a network interface or a NAT gateway.
func LinkName(id string) string {
	if number, is := strings.CutPrefix(id, natPrefix); is {
		return natPrefix + lastCharacters(number, longestName-len(natPrefix))
	}
	return lastCharacters(strings.TrimPrefix(id, "eni-"), longestName)
}

func lastCharacters(text string, count int) string { return text[max(0, len(text)-count):] }

// DeviceName returns the name of a host's interface by its device index.
func DeviceName(index int) string { return fmt.Sprintf("eth%d", index) }

// newMAC returns a locally administered MAC address that depends on a name alone.
func newMAC(name string) net.HardwareAddr {
	sum := sha256.Sum256([]byte(name))
	return append(net.HardwareAddr{0x02}, sum[:5]...)
}
