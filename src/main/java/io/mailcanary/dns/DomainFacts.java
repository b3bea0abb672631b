package io.mailcanary.dns;

import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.Finding;
import java.net.InetAddress;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// All that was seen of one mail domain: what {@link Findings} judges.
///
/// What nobody looked at is empty and yields no finding.
///
/// @param roles what the domain is for; none for a name that is merely watched
/// @param at when this was seen
/// @param resolver what a validating resolver says, {@link Vantage#ask} for each name needed
/// @param unchecked the same without validation (CD): tells DNSSEC faults from others
/// @param elsewhere further resolvers whose answers should be the same
/// @param zones the zones that the domain's names live in, its own first
/// @param selectors DKIM keys that mail from the domain is signed with
/// @param senders hosts that send the domain's mail to the world
/// @param mtaSts the policy file, where a `_mta-sts` record asks for one
/// @param mailHosts what answers behind port 25
/// @param served certificates that the MX hosts serve after STARTTLS
/// @param registration what the registry says
/// @param nextHops names that relays hand mail to
/// @param dependencies further names that hops use
public record DomainFacts(
    DomainName domain,
    Set<Role> roles,
    Instant at,
    Vantage resolver,
    Optional<Vantage> unchecked,
    List<NamedVantage> elsewhere,
    List<ZoneFacts> zones,
    List<Selector> selectors,
    List<Sender> senders,
    Optional<PolicyFetch> mtaSts,
    MailHosts mailHosts,
    List<Served> served,
    Optional<Registration> registration,
    List<NextHop> nextHops,
    List<Dependency> dependencies,
    Set<String> publicNetworks) {

  public DomainFacts {
    roles = Set.copyOf(roles);
    elsewhere = List.copyOf(elsewhere);
    zones = List.copyOf(zones);
    selectors = List.copyOf(selectors);
    senders = List.copyOf(senders);
    served = List.copyOf(served);
    nextHops = List.copyOf(nextHops);
    dependencies = List.copyOf(dependencies);
    publicNetworks = Set.copyOf(publicNetworks);
  }

  public static Builder of(DomainName domain, Instant at, Vantage resolver) {
    return new Builder(domain, at, resolver);
  }

  public DnsName name() {
    return DnsName.of(domain);
  }

  /// What a domain is for.
  public enum Role {
    /// Envelope or header sender: receivers look at it.
    SENDS,
    /// Mail is sent to it.
    RECEIVES
  }

  /// @param name as people know it: `outside (192.0.2.53)`
  public record NamedVantage(String name, Vantage vantage) {}

  /// A DKIM key in use (RFC 6376 §3.1).
  ///
  /// @param domain the `d=` of the signature
  /// @param publicKey base64 of what the signer holds, where that is known
  public record Selector(String selector, DnsName domain, Optional<String> publicKey) {
    public DnsName name() {
      return domain.child(selector + "._domainkey");
    }
  }

  /// @param helo what it calls itself, where that is known
  public record Sender(InetAddress address, Optional<DnsName> helo) {}

  /// What came when the MTA-STS policy was fetched (RFC 8461 §3.3).
  ///
  /// @param body empty where none came
  /// @param problem why none came, or why it must not be believed (certificate, redirect, status)
  public record PolicyFetch(String url, Optional<String> body, Optional<String> problem) {}

  /// What an MX host serves after STARTTLS.
  ///
  /// @param chain the server's own certificate first; empty where there was no TLS
  /// @param problem why there was none
  /// @param objection why a sender that verifies would not believe the certificate
  public record Served(
      DnsName host,
      InetAddress address,
      List<Certificate> chain,
      Optional<String> problem,
      Optional<String> objection) {
    public Served {
      chain = List.copyOf(chain);
    }
  }

  /// @param der the certificate, hexadecimal
  /// @param publicKey its SubjectPublicKeyInfo, hexadecimal
  public record Certificate(String der, String publicKey) {
    /// @throws IllegalArgumentException when the certificate has no DER form
    public static Certificate of(X509Certificate certificate) {
      try {
        HexFormat hex = HexFormat.of();
        return new Certificate(
            hex.formatHex(certificate.getEncoded()),
            hex.formatHex(certificate.getPublicKey().getEncoded()));
      } catch (CertificateEncodingException e) {
        throw new IllegalArgumentException("not a certificate", e);
      }
    }
  }

  /// @param status as the registry words it (RFC 8056): `active`, `client hold`
  /// @param source who said so
  public record Registration(Optional<Instant> expires, Set<String> status, String source) {
    public Registration {
      status = Set.copyOf(status);
    }
  }

  /// A name that a relay hands mail to.
  ///
  /// @param relay what kind of relay, and how it names the hop; empty where nobody knows
  /// @param usedBy the path or relay that it stands in
  public record NextHop(DnsName name, Optional<RelayKind> relay, String usedBy) {}

  /// A name that a hop uses, seen from where the hop stands.
  ///
  /// @param vantage the resolver there
  /// @param expected texts of records; empty where any will do
  public record Dependency(
      Question question, NamedVantage vantage, Set<String> expected, String usedBy) {
    public Dependency {
      expected = Set.copyOf(expected);
    }
  }

  /// The findings.
  public List<Finding> findings() {
    return Findings.of(this);
  }

  /// Collects what was seen.
  public static final class Builder {
    private final DomainName domain;
    private final Instant at;
    private final Vantage resolver;
    private Set<Role> roles = EnumSet.allOf(Role.class);
    private Optional<Vantage> unchecked = Optional.empty();
    private List<NamedVantage> elsewhere = List.of();
    private List<ZoneFacts> zones = List.of();
    private List<Selector> selectors = List.of();
    private List<Sender> senders = List.of();
    private Optional<PolicyFetch> mtaSts = Optional.empty();
    private MailHosts mailHosts = MailHosts.UNTRIED;
    private List<Served> served = List.of();
    private Optional<Registration> registration = Optional.empty();
    private List<NextHop> nextHops = List.of();
    private List<Dependency> dependencies = List.of();
    private Set<String> publicNetworks = Set.of();

    private Builder(DomainName domain, Instant at, Vantage resolver) {
      this.domain = domain;
      this.at = at;
      this.resolver = resolver;
    }

    public Builder roles(Set<Role> roles) {
      this.roles = roles;
      return this;
    }

    public Builder unchecked(Vantage unchecked) {
      this.unchecked = Optional.of(unchecked);
      return this;
    }

    public Builder elsewhere(List<NamedVantage> elsewhere) {
      this.elsewhere = elsewhere;
      return this;
    }

    public Builder zones(List<ZoneFacts> zones) {
      this.zones = zones;
      return this;
    }

    public Builder selectors(List<Selector> selectors) {
      this.selectors = selectors;
      return this;
    }

    public Builder senders(List<Sender> senders) {
      this.senders = senders;
      return this;
    }

    public Builder mtaSts(PolicyFetch mtaSts) {
      this.mtaSts = Optional.of(mtaSts);
      return this;
    }

    public Builder mailHosts(MailHosts mailHosts) {
      this.mailHosts = mailHosts;
      return this;
    }

    public Builder served(List<Served> served) {
      this.served = served;
      return this;
    }

    public Builder registration(Registration registration) {
      this.registration = Optional.of(registration);
      return this;
    }

    public Builder nextHops(List<NextHop> nextHops) {
      this.nextHops = nextHops;
      return this;
    }

    public Builder dependencies(List<Dependency> dependencies) {
      this.dependencies = dependencies;
      return this;
    }

    /// Private or loopback networks (CIDR) that count as reachable here.
    public Builder publicNetworks(Set<String> publicNetworks) {
      this.publicNetworks = publicNetworks;
      return this;
    }

    public DomainFacts build() {
      return new DomainFacts(
          domain,
          roles,
          at,
          resolver,
          unchecked,
          elsewhere,
          zones,
          selectors,
          senders,
          mtaSts,
          mailHosts,
          served,
          registration,
          nextHops,
          dependencies,
          publicNetworks);
    }
  }
}
