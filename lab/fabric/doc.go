// Package fabric runs a VPC and the networks around it as Linux network namespaces that carry packets.
//
// The namespace vpc is a router with a veth pair for each network interface of the VPC. The other end of the pair is in
// the namespace of the interface's host. The router has the VPC's route tables as routing tables, which it selects by
// the interface that sent a packet. It enforces security groups, and drops packets whose source address does not belong
// to the interface. The namespace internet is the internet with the internet gateway, which translates between private
// and public addresses. Each NAT gateway has a namespace of its own.
//
// Names of the router's links are the last 15 characters of the interface's ID, or nat- and the last 11 characters of a
// NAT gateway's: a link's name cannot be longer. The link's alias is the whole ID.
package fabric
