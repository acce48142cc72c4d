// Package ec2 simulates Amazon EC2 and VPC: networks, subnets, routes, gateways, endpoints, addresses, security groups,
// network interfaces, launch templates and instance types.
package ec2
