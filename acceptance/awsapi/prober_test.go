package awsapi_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	classic "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	balancers "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	routes "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	buckets "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"eksnet/acceptance/account"
	"eksnet/acceptance/awsapi"
	"eksnet/acceptance/check"
	"eksnet/acceptance/mototest"
	"eksnet/plan/quota"
)

// importCertificate imports a certificate for some names, and returns its ARN.
func importCertificate(t *testing.T, c aws.Config, names ...string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour)}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	imported, err := acm.NewFromConfig(c).ImportCertificate(t.Context(), &acm.ImportCertificateInput{
		Certificate: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}), PrivateKey: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})})
	if err != nil {
		t.Fatal(err)
	}
	return aws.ToString(imported.CertificateArn)
}

func TestCertificatesAndZonesAreReadAsTheyAre(t *testing.T) {
	c := mototest.Config(mototest.Start(t, mototest.Account), mototest.Region)
	a := awsapi.New(c)
	arn := importCertificate(t, c, "example.com", "*.example.com")
	got, err := a.Certificate(t.Context(), arn)
	if err != nil || got.Status != "ISSUED" || !slices.Equal(got.Names, []string{"*.example.com", "example.com"}) {
		t.Errorf("%+v, %v", got, err)
	}
	requested, err := acm.NewFromConfig(c).RequestCertificate(t.Context(), &acm.RequestCertificateInput{DomainName: aws.String("new.example.com")})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := a.Certificate(t.Context(), aws.ToString(requested.CertificateArn)); err != nil || got.Status != "PENDING_VALIDATION" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := a.Certificate(t.Context(), arn[:len(arn)-4]+"0000"); account.CauseOf(err) != account.Gone {
		t.Errorf("a certificate that does not exist: %v", err)
	}
	createZones(t, c, 120)
	zones, err := a.HostedZones(t.Context())
	public := slices.ContainsFunc(zones, func(z check.HostedZone) bool {
		return z.Domain == "example.com" && !z.Private && !strings.Contains(z.ID, "/")
	})
	private := slices.ContainsFunc(zones, func(z check.HostedZone) bool { return z.Domain == "example.com" && z.Private })
	if err != nil || len(zones) != 122 || !public || !private { // a page has 100
		t.Errorf("%d zones, %v", len(zones), err)
	}
}

func TestABucketIsReadWithTheWritersOfItsPolicyAndItsEncryption(t *testing.T) {
	c := mototest.Config(mototest.Start(t, mototest.Account), mototest.Region)
	a, client, name := awsapi.New(c), s3.NewFromConfig(c), aws.String("platform-logs")
	if _, err := a.Bucket(t.Context(), *name); account.CauseOf(err) != account.Gone {
		t.Errorf("a bucket that does not exist: %v", err)
	}
	createLogBucket(t, c, *name)
	got, err := a.Bucket(t.Context(), *name)
	if err != nil || got.Region != mototest.Region || got.Encryption != "AES256" || !slices.Equal(got.Writers, []string{"600734575887", "delivery.logs.amazonaws.com"}) {
		t.Errorf("%+v, %v", got, err)
	}
	encryption := &buckets.ServerSideEncryptionConfiguration{Rules: []buckets.ServerSideEncryptionRule{{
		ApplyServerSideEncryptionByDefault: &buckets.ServerSideEncryptionByDefault{SSEAlgorithm: buckets.ServerSideEncryptionAwsKms}}}}
	if _, err := client.PutBucketEncryption(t.Context(), &s3.PutBucketEncryptionInput{Bucket: name, ServerSideEncryptionConfiguration: encryption}); err != nil {
		t.Fatal(err)
	}
	if got, err := a.Bucket(t.Context(), *name); err != nil || got.Encryption != "aws:kms" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := client.DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: name}); err != nil {
		t.Fatal(err)
	}
	if got, err := a.Bucket(t.Context(), *name); err != nil || got.Writers != nil {
		t.Errorf("without a policy: %+v, %v", got, err)
	}
}

// createLogBucket creates a bucket into which load balancers of all types can write access logs.
func createLogBucket(t *testing.T, c aws.Config, name string) {
	t.Helper()
	client := s3.NewFromConfig(c)
	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name, CreateBucketConfiguration: &buckets.CreateBucketConfiguration{LocationConstraint: mototest.Region}})
	if err != nil {
		t.Fatal(err)
	}
	policy := `{"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Principal": {"Service": "logs.amazonaws.com"}, "Action": "s3:GetBucketAcl", "Resource": "arn:aws:s3:::logs"},
		{"Effect": "Allow", "Principal": {"Service": "delivery.logs.amazonaws.com", "AWS": ["arn:aws:iam::600734575887:root"]}, "Action": ["s3:Put*"],
			"Resource": "arn:aws:s3:::logs/AWSLogs/*"}]}`
	if _, err := client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &name, Policy: &policy}); err != nil {
		t.Fatal(err)
	}
}

// createZones creates a public and a private zone of example.com, and some of other domains.
func createZones(t *testing.T, c aws.Config, others int) {
	t.Helper()
	client := route53.NewFromConfig(c)
	create := func(domain, reference string, vpc *routes.VPC) {
		input := &route53.CreateHostedZoneInput{Name: &domain, CallerReference: &reference, VPC: vpc}
		if vpc != nil {
			input.HostedZoneConfig = &routes.HostedZoneConfig{PrivateZone: true}
		}
		if _, err := client.CreateHostedZone(t.Context(), input); err != nil {
			t.Fatal(err)
		}
	}
	vpc, err := ec2.NewFromConfig(c).CreateVpc(t.Context(), &ec2.CreateVpcInput{CidrBlock: aws.String("10.9.0.0/16")})
	if err != nil {
		t.Fatal(err)
	}
	create("example.com", "public", nil)
	create("example.com", "private", &routes.VPC{VPCId: vpc.Vpc.VpcId, VPCRegion: routes.VPCRegion(c.Region)})
	for i := range others {
		create(string(rune('a'+i%26))+string(rune('a'+i/26))+".example.org", string(rune('a'+i%26))+string(rune('a'+i/26)), nil)
	}
}

// Moto starts with a VPC and an internet gateway for it, as AWS does.
func TestTheUseOfQuotasIsCounted(t *testing.T) {
	c := mototest.Config(mototest.Start(t, mototest.Account), mototest.Region)
	a := awsapi.New(c)
	codes := []string{quota.VPCs, quota.InternetGateways, quota.ElasticIPs, quota.NATGateways, quota.Clusters, quota.OnDemandStandard, quota.SpotStandard, quota.VolumeStorage,
		quota.ClassicLoadBalancers, quota.NetworkLoadBalancers, quota.ApplicationLoadBalancers, quota.HostedZones}
	before, err := a.Usage(t.Context(), codes)
	if err != nil {
		t.Fatal(err)
	}
	use(t, c)
	after, err := a.Usage(t.Context(), codes)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for code := range after {
		got[code] = after[code] - before[code]
	}
	want := map[string]float64{quota.VPCs: 1, quota.InternetGateways: 1, quota.ElasticIPs: 3, quota.NATGateways: 2, quota.Clusters: 1, quota.OnDemandStandard: 4, quota.OnDemandGraphics: 0,
		quota.SpotStandard: 2, quota.SpotGraphics: 0, quota.VolumeStorage: 2, quota.ClassicLoadBalancers: 1, quota.NetworkLoadBalancers: 1, quota.ApplicationLoadBalancers: 2, quota.HostedZones: 2}
	if !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	few, err := a.Usage(t.Context(), []string{quota.Clusters, "L-2AFB9258"})
	if err != nil || !maps.Equal(few, map[string]float64{quota.Clusters: 1}) {
		t.Errorf("%v, %v", few, err)
	}
}

// use creates what quotas count: two NAT gateways in one zone and one in another, two on-demand instances of 2 vCPUs
// and a Spot Instance, and volumes of a little more than a TiB, beside one of another type.
func use(t *testing.T, c aws.Config) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	client, ctx := ec2.NewFromConfig(c), t.Context()
	vpc, err := client.CreateVpc(ctx, &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16")})
	must(err)
	var subnets []string
	for i, zone := range []string{"a", "b"} {
		subnet, err := client.CreateSubnet(ctx, &ec2.CreateSubnetInput{VpcId: vpc.Vpc.VpcId, CidrBlock: aws.String([]string{"10.0.0.0/24", "10.0.1.0/24"}[i]), AvailabilityZone: aws.String(c.Region + zone)})
		must(err)
		subnets = append(subnets, aws.ToString(subnet.Subnet.SubnetId))
	}
	_, err = client.CreateInternetGateway(ctx, &ec2.CreateInternetGatewayInput{})
	must(err)
	for _, subnet := range []string{subnets[0], subnets[0], subnets[1]} {
		address, err := client.AllocateAddress(ctx, &ec2.AllocateAddressInput{Domain: types.DomainTypeVpc})
		must(err)
		_, err = client.CreateNatGateway(ctx, &ec2.CreateNatGatewayInput{SubnetId: &subnet, AllocationId: address.AllocationId})
		must(err)
	}
	_, err = client.RunInstances(ctx, &ec2.RunInstancesInput{ImageId: aws.String("ami-12c6146b"), MinCount: aws.Int32(2), MaxCount: aws.Int32(2), SubnetId: &subnets[0], InstanceType: "m5.large"})
	must(err)
	_, err = client.RunInstances(ctx, &ec2.RunInstancesInput{ImageId: aws.String("ami-12c6146b"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1), SubnetId: &subnets[0], InstanceType: "m5.large",
		InstanceMarketOptions: &types.InstanceMarketOptionsRequest{MarketType: types.MarketTypeSpot}})
	must(err)
	for kind, size := range map[types.VolumeType]int32{types.VolumeTypeGp3: 1030, types.VolumeTypeGp2: 9000} {
		_, err = client.CreateVolume(ctx, &ec2.CreateVolumeInput{AvailabilityZone: aws.String(c.Region + "a"), Size: aws.Int32(size), VolumeType: kind})
		must(err)
	}
	_, err = eks.NewFromConfig(c).CreateCluster(ctx, &eks.CreateClusterInput{Name: aws.String("other"), RoleArn: aws.String("arn:aws:iam::" + mototest.Account + ":role/other"), ResourcesVpcConfig: &ekstypes.VpcConfigRequest{SubnetIds: subnets}})
	must(err)
	_, err = elasticloadbalancing.NewFromConfig(c).CreateLoadBalancer(ctx, &elasticloadbalancing.CreateLoadBalancerInput{LoadBalancerName: aws.String("classic"), Subnets: subnets,
		Listeners: []classic.Listener{{LoadBalancerPort: 80, InstancePort: aws.Int32(80), Protocol: aws.String("TCP")}}})
	must(err)
	for name, kind := range map[string]balancers.LoadBalancerTypeEnum{"n": balancers.LoadBalancerTypeEnumNetwork, "a": balancers.LoadBalancerTypeEnumApplication, "b": balancers.LoadBalancerTypeEnumApplication} {
		_, err = elb.NewFromConfig(c).CreateLoadBalancer(ctx, &elb.CreateLoadBalancerInput{Name: &name, Type: kind, Subnets: subnets})
		must(err)
	}
	for _, domain := range []string{"one.example.com", "two.example.com"} {
		_, err = route53.NewFromConfig(c).CreateHostedZone(ctx, &route53.CreateHostedZoneInput{Name: &domain, CallerReference: &domain})
		must(err)
	}
}
