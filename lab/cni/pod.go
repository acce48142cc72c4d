package main

import (
	"cmp"
	"fmt"
	"net/netip"
	"os"

	"github.com/aws/amazon-vpc-cni-k8s/cmd/routed-eni-cni-plugin/driver"
	"github.com/aws/amazon-vpc-cni-k8s/pkg/networkutils"
	"github.com/aws/amazon-vpc-cni-k8s/pkg/utils/logger"
)

// podInterface is the name of the interface in a pod.
const podInterface = "eth0"

// pod is a pod with an address of one of the node's interfaces.
type pod struct {
	Namespace string     `json:"namespace"`
	Name      string     `json:"name"`
	Address   netip.Addr `json:"address"`
	// Device is the device number of the interface to which the address is assigned, 0 for the primary interface.
	Device int `json:"device"`
	// Network is the path of the pod's network namespace. It is not needed to delete a pod.
	Network string `json:"network"`
}

// add connects the pod's network namespace to the node, with the host route and the rules of its address.
func (p *pod) add() (answer, error) {
	if err := p.check(); err != nil {
		return answer{}, err
	}
	if p.Network == "" {
		return answer{}, fmt.Errorf("pod %s/%s: the path of its network namespace is missing", p.Namespace, p.Name)
	}
	metadata := p.metadata()
	result := answer{RouteTable: metadata.RouteTable, HostInterface: metadata.HostVethName}
	all := []driver.VirtualInterfaceMetadata{metadata}
	return result, driver.New().SetupPodNetwork(all, p.Network, podMTU(), logger.Get())
}

// delete removes the route and the rules of the pod's address. The kernel removes the interfaces with the pod's network
// namespace.
func (p *pod) delete() error {
	if err := p.check(); err != nil {
		return err
	}
	return driver.New().TeardownPodNetwork([]driver.VirtualInterfaceMetadata{p.metadata()}, logger.Get())
}

func (p *pod) check() error {
	if p.Namespace == "" || p.Name == "" || !p.Address.IsValid() || p.Device < 0 {
		return fmt.Errorf("pod %q/%q with address %s of device number %d: a namespace, a name, an address and a "+
			"device number of 0 or more are needed", p.Namespace, p.Name, p.Address, p.Device)
	}
	return nil
}

// metadata returns the pod's virtual interface as the plugin derives it from the node agent's answer.
func (p *pod) metadata() driver.VirtualInterfaceMetadata {
	prefix := "eni"
	if value, ok := os.LookupEnv("AWS_VPC_K8S_CNI_VETHPREFIX"); ok {
		prefix = value
	}
	return driver.VirtualInterfaceMetadata{
		IPAddress:         hostNetwork(p.Address),
		DeviceNumber:      p.Device,
		RouteTable:        networkutils.CalculateRouteTableId(p.Device, networkCard),
		HostVethName:      networkutils.GeneratePodHostVethName(prefix, p.Namespace, p.Name, 0),
		ContainerVethName: podInterface,
	}
}

// podMTU returns the MTU that the aws-node DaemonSet writes into the plugin's configuration.
func podMTU() int {
	return networkutils.GetPodMTU(cmp.Or(os.Getenv("POD_MTU"), os.Getenv("AWS_VPC_ENI_MTU"), "9001"))
}
