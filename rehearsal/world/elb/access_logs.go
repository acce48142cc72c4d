package elb

import (
	"strings"

	"eksnet/rehearsal/world/store"
)

const accessLogDocs = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html; https://docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-access-logs.html"

var (
	LogBucketRegion = store.NewRule("access logs are written into a bucket in the region of the load balancer",
		"%sInvalidConfigurationRequest: S3Bucket: %s is not located in the same region with ELB: %s",
		accessLogDocs+"; https://github.com/hashicorp/terraform/issues/12010")
	LogBucketWritable = store.NewRule("access logs are written into a bucket that allows Elastic Load Balancing to write",
		"%sInvalidConfigurationRequest: Access Denied for bucket: %s. Please check S3bucket permission",
		accessLogDocs+"; https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/1956")
)

// Bucket is a bucket of the operator.
type Bucket struct {
	Region string `json:"region"`
	// Writers are the services that its policy allows to write, LogWriter of a load balancer among them.
	Writers []string `json:"writers"`
	// Encryption is the default encryption: AES256 or aws:kms.
	Encryption string `json:"encryption"`
}

// The services that write access logs.
const (
	deliversLogs    = "delivery.logs.amazonaws.com"
	deliversALBLogs = "logdelivery.elasticloadbalancing.amazonaws.com"
)

// LogWriter returns the service that writes the access logs of a type of load balancers. In regions that AWS opened
// before August 2022, an account of Elastic Load Balancing writes those of Application and Classic Load Balancers in
// its place, and AWS accepts either.
func LogWriter(kind string) string {
	if kind == Network {
		return deliversLogs
	}
	return deliversALBLogs
}

// HoldBucket adds a bucket of the operator, which belongs to no stack.
func HoldBucket(w *store.Account, name string, bucket Bucket) {
	o := &store.Object{Type: store.BucketType, ID: name, Owner: store.OperatorOwner}
	o.Show(store.Properties{"region": bucket.Region, "writers": store.AnyOf(bucket.Writers), "encryption": bucket.Encryption})
	w.Put(o)
}

// CheckLogBucket refuses a bucket into which a type of load balancers cannot write access logs. A bucket that nothing
// has described is taken to exist, in the region, with the policy and the encryption that are needed.
func CheckLogBucket(w *store.Account, operation, balancer, kind, name string) error {
	o := w.Get(store.BucketType, name)
	if o == nil {
		return nil
	}
	bucket, allowed := store.Decode[Bucket](o), false
	for _, writer := range bucket.Writers {
		allowed = allowed || writer == LogWriter(kind)
	}
	encrypted := kind == Network || !strings.HasPrefix(bucket.Encryption, "aws:kms")
	return store.First(
		LogBucketRegion.When(bucket.Region != w.Region, operation, name, balancer),
		LogBucketWritable.When(!allowed || !encrypted, operation, name),
	)
}
