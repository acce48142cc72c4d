package awsdata

// ListPrice is what AWS bills for a resource while it exists, in US dollars, in us-east-1, as published calculations of
// 2026 have it. The page of AWS that decides is named with each. Other regions cost up to twice as much. Taxes, traffic
// and discounts are not included.
type ListPrice struct {
	// Hourly and Monthly are for one Unit, "" for the resource itself.
	Hourly, Monthly float64
	Unit            string
}

// HoursPerMonth is the month of AWS's own monthly estimates (docs.aws.amazon.com/pricing-calculator/latest/userguide).
const HoursPerMonth = 730

// The prices of the resources that remain most often.
var (
	// aws.amazon.com/elasticloadbalancing/pricing; load balancer capacity units are not included.
	LoadBalancerPrice = ListPrice{Hourly: 0.0225}
	ClassicPrice      = ListPrice{Hourly: 0.025}
	// aws.amazon.com/eks/pricing, for a version in standard support and in extended support.
	ControlPlanePrice         = ListPrice{Hourly: 0.10}
	ExtendedControlPlanePrice = ListPrice{Hourly: 0.60}
	// aws.amazon.com/vpc/pricing and aws.amazon.com/privatelink/pricing.
	NATGatewayPrice    = ListPrice{Hourly: 0.045}
	PublicAddressPrice = ListPrice{Hourly: 0.005}
	EndpointPrice      = ListPrice{Hourly: 0.01, Unit: "zone"}
	// aws.amazon.com/ebs/pricing, for gp3 volumes and standard snapshots.
	VolumePrice   = ListPrice{Monthly: 0.08, Unit: "GB"}
	SnapshotPrice = ListPrice{Monthly: 0.05, Unit: "GB"}
	// aws.amazon.com/kms/pricing; a key that is pending deletion is free.
	KeyPrice = ListPrice{Monthly: 1}
	// aws.amazon.com/route53/pricing; a zone is free if it is deleted within 12 hours.
	HostedZonePrice = ListPrice{Monthly: 0.50}
	// aws.amazon.com/cloudwatch/pricing, for stored events.
	LogStoragePrice = ListPrice{Monthly: 0.03, Unit: "GB"}
)
