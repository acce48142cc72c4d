package config

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

func (v *validator) cluster(c Cluster, ipv6 bool) {
	if c.Name == "" {
		v.Add("cluster.name", "missing; name the cluster, such as dev")
	} else if !v.matches("cluster.name", c.Name, clusterName) {
		v.Add("cluster.name", "%q is not accepted; use up to 40 letters, digits, - and _, starting with a letter or digit (names of IAM roles are derived from it)", c.Name)
	} else if strings.HasPrefix(c.Name, "sg-") {
		// docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html, GroupName.
		v.Add("cluster.name", "%q begins with sg-, but security groups of the stack are named after it, and EC2 accepts no such name of a security group; choose another name", c.Name)
	}
	v.oneOf("cluster.version", c.Version, Versions...)
	v.oneOf("cluster.upgradePolicy", c.UpgradePolicy, SupportStandard, SupportExtended)
	if c.ServiceCIDR != "" { // with ipFamily ipv6
		v.cidr("cluster.serviceCidr", c.ServiceCIDR)
	}
	if c.Endpoint == nil {
		v.Add("cluster.endpoint", "missing; specify which clients may reach the API, such as {public: true, publicCidrs: [203.0.113.0/24]}")
	} else {
		v.endpoint(*c.Endpoint, ipv6)
	}
	v.access(c)
	for i, typ := range c.Logs.Types {
		v.oneOf(At("cluster.logs.types", i), typ, LogTypes...)
		if v.repeated(At("cluster.logs.types", i), c.Logs.Types, i) {
			v.Add(At("cluster.logs.types", i), "%q is listed twice; list each type once", typ)
		}
	}
	v.retention("cluster.logs.retentionDays", c.Logs.RetentionDays)
	if c.Logs.Encryption && len(c.Logs.Types) == 0 {
		v.Add("cluster.logs.encryption", "true, but types is empty, so there is no log group; list types or remove it")
	}
	v.oneOf("cluster.identity", c.Identity, IRSA, PodIdentity)
}

func (v *validator) retention(path string, days int) {
	v.accept(path, func(c *Constraint) { c.Numbers = RetentionDays })
	if !slices.Contains(RetentionDays, days) {
		v.Add(path, "%d days; CloudWatch accepts %s", days, numbers(RetentionDays))
	}
}

func (v *validator) endpoint(e Endpoint, ipv6 bool) {
	const path = "cluster.endpoint"
	switch {
	case !e.Private && !e.Public:
		v.Add(path, "neither private nor public, so no client can reach the API; set one of them to true")
	case e.Public && len(e.PublicCIDRs) == 0:
		v.Add(path+".publicCidrs", `missing while public is true; list the ranges that may reach the API, such as ["203.0.113.0/24"]`)
	case !e.Public && len(e.PublicCIDRs) > 0:
		v.Add(path+".publicCidrs", "%s while public is false; set public: true or remove them", Count(len(e.PublicCIDRs), "range", "ranges"))
	}
	if v.exceeds(path+".publicCidrs", len(e.PublicCIDRs), mostPublicCIDRs) {
		v.Add(path+".publicCidrs", "%d ranges; EKS accepts at most %d: merge adjacent ranges", len(e.PublicCIDRs), mostPublicCIDRs)
	}
	for i, cidr := range e.PublicCIDRs {
		at := At(path+".publicCidrs", i)
		if strings.HasPrefix(cidr, "pl-") {
			v.Add(at, "%q is the ID of a prefix list, but the public endpoint is not in your VPC and EKS accepts ranges alone; list the ranges of the list", cidr)
			continue
		}
		v.clientRange(at, cidr, ipv6)
		switch {
		case v.repeated(at, e.PublicCIDRs, i):
			v.Add(at, "%q is listed twice; list each range once", cidr)
		case unroutable(cidr):
			v.Add(at, "%q is a private or reserved range, which EKS rejects; list public egress addresses, such as 203.0.113.7/32", cidr)
		}
	}
	v.proxy(path+".proxy", e.Proxy)
}

// mostPublicCIDRs is a limit that AWS does not raise (docs.aws.amazon.com/eks/latest/userguide/service-quotas.html,
// public endpoint access CIDR ranges per cluster).
const mostPublicCIDRs = 40

// unroutable reports whether a range is private, shared or reserved
// (docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html: the block can't include reserved addresses).
func unroutable(cidr string) bool {
	prefix, err := netip.ParsePrefix(cidr)
	if err != nil || prefix.Bits() == 0 {
		return false
	}
	address := prefix.Addr()
	if address.Is6() {
		return !globalUnicast.Contains(address)
	}
	return address.IsPrivate() || netip.MustParsePrefix("100.64.0.0/10").Contains(address) || Reserved(prefix) != ""
}

// globalUnicast are the IPv6 addresses of the internet (iana.org/assignments/ipv6-unicast-address-assignments).
var globalUnicast = netip.MustParsePrefix("2000::/3")

// proxy is one that client-go takes and that can work: to a proxy of https it would speak TLS with the cluster's own
// authority as its only root (net/http, Transport: TLSClientConfig is for proxies too), and no proxy has a certificate
// of that.
func (v *validator) proxy(path, text string) {
	if text == "" {
		return
	}
	v.acceptPattern(path, anyURL)
	proxy, err := url.Parse(text)
	switch {
	case err == nil && proxy.Scheme == "https":
		v.Add(path, "%q: kubectl verifies the proxy with the cluster's certificate authority, which issues no certificates for proxies; use the proxy over http or socks5, or forward a port to it: http://localhost:8888", text)
	case err != nil || proxy.Hostname() == "" || !slices.Contains([]string{"http", "socks5"}, proxy.Scheme) || !port(proxy.Port()):
		v.Add(path, "%q is not the URL of a proxy; http and socks5 with a host are accepted, such as http://localhost:8888", text)
	case proxy.User != nil:
		v.Add(path, "the URL contains a user name or password, which would be readable in the kubeconfig; use a proxy without authentication, such as a forwarded port: http://localhost:8888")
	case strings.Trim(proxy.Path, "/") != "" || proxy.RawQuery != "" || proxy.Fragment != "" || proxy.Opaque != "":
		v.Add(path, "%q has more than scheme, host and port; write %s://%s", text, proxy.Scheme, proxy.Host)
	}
}

// port reports whether the port of a URL is valid or omitted.
func port(text string) bool {
	number, err := strconv.Atoi(text)
	return text == "" || err == nil && number > 0 && number < 1<<16
}
