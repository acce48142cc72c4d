package check

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/acceptance/account"
	"eksnet/config"
)

// Bucket is a bucket of S3.
type Bucket struct {
	Region string
	// Writers are the services and the accounts that its policy allows to write objects, and * for everyone.
	Writers []string
	// Encryption is the default encryption of new objects, AES256 or aws:kms.
	Encryption string
}

// The services that write access logs of load balancers
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html,
// .../network/enable-access-logs.html).
const (
	logDelivery         = "delivery.logs.amazonaws.com"
	balancerLogDelivery = "logdelivery.elasticloadbalancing.amazonaws.com"
)

// logAccounts are the accounts of Elastic Load Balancing that write the access logs of Application and Classic Load
// Balancers in regions from before August 2022, where a policy may name either them or the service
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html#attach-bucket-policy).
var logAccounts = map[string]string{
	"us-east-1": "127311923021", "us-east-2": "033677994240", "us-west-1": "027434742980", "us-west-2": "797873946194",
	"af-south-1": "098369216593", "ap-east-1": "754344448648", "ap-southeast-3": "589379963580", "ap-south-1": "718504428378",
	"ap-northeast-3": "383597477331", "ap-northeast-2": "600734575887", "ap-southeast-1": "114774131450",
	"ap-southeast-2": "783225319266", "ap-northeast-1": "582318560864", "ca-central-1": "985666609251",
	"eu-central-1": "054676820928", "eu-west-1": "156460612806", "eu-west-2": "652711504416", "eu-south-1": "635631232127",
	"eu-west-3": "009996457667", "eu-north-1": "897822967062", "me-south-1": "076674570225", "sa-east-1": "507241528517",
	"us-gov-west-1": "048591011584", "us-gov-east-1": "190560391635", "cn-north-1": "638102146993", "cn-northwest-1": "037604701340",
}

// checkLogBuckets fails for buckets into which load balancers cannot write their access logs.
func checkLogBuckets(ctx context.Context, p Prober, s Stack) ([]Row, error) {
	users := usersOf(s.Spec.Workloads, func(w config.Workload) []string {
		if w.AccessLogs == nil || !w.AccessLogs.Enabled {
			return nil
		}
		return []string{w.AccessLogs.Bucket}
	})
	var rows []Row
	for _, name := range slices.Sorted(maps.Keys(users)) {
		bucket, err := p.Bucket(ctx, name)
		if err != nil && account.CauseOf(err) != account.Gone {
			return rows, err
		}
		row := Row{Check: "bucket of access logs of " + strings.Join(users[name], ", "), Status: Passed, Found: fmt.Sprintf("%s in %s, %s", name, bucket.Region, bucket.Encryption)}
		if err != nil {
			row.Status, row.Found, row.Advice = Failed, name+" does not exist, or the credentials cannot see it", "create it in "+s.Spec.Region+" with the policy in docs/load-balancing.md"
		} else {
			row.judge(bucket, s.Spec, users[name])
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// judge fails for a bucket that does not fit the load balancers of workloads.
func (r *Row) judge(bucket Bucket, s *config.Stack, workloads []string) {
	fail := func(format string, values ...any) {
		r.Status, r.Advice = Failed, fmt.Sprintf(format, values...)
	}
	for _, name := range workloads {
		network := s.Workloads[name].IsNLB()
		switch writer, missing := missingWriter(bucket.Writers, s.Region, network); {
		case bucket.Region != s.Region:
			fail("a load balancer writes access logs into its own region only: use a bucket in %s", s.Region)
		case missing:
			fail("its policy does not allow %s to write, as the load balancer of %s needs: see docs/load-balancing.md", writer, name)
		case !network && strings.HasPrefix(bucket.Encryption, "aws:kms"):
			fail("Application and Classic Load Balancers such as that of %s write into buckets with SSE-S3 only: use AES256, or another bucket", name)
		default:
			continue
		}
		return
	}
}

// missingWriter returns the service that writes the logs of a load balancer, and whether a policy lacks it.
func missingWriter(writers []string, region string, network bool) (writer string, missing bool) {
	if network {
		return logDelivery, !slices.Contains(writers, logDelivery) && !slices.Contains(writers, "*")
	}
	account := logAccounts[region]
	allowed := slices.ContainsFunc(writers, func(w string) bool {
		return w == balancerLogDelivery || w == "*" || account != "" && w == account
	})
	return balancerLogDelivery, !allowed
}
