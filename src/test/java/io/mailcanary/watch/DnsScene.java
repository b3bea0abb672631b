package io.mailcanary.watch;

import static java.util.Objects.requireNonNull;

import io.mailcanary.lab.Bind;
import io.mailcanary.lab.DnsLab;
import io.mailcanary.lab.Unbound;
import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.path.Dependency;
import io.mailcanary.path.Paths;
import io.mailcanary.path.Resolver;
import io.mailcanary.runtime.DnsSettings;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.ServiceSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A root, a top-level zone, `corp.test` with two servers, and a resolver that validates.
public final class DnsScene implements AutoCloseable {
  public static final List<String> ROUTABLE = List.of("127.0.0.0/8", "192.0.2.0/24");
  public static final String HEALTHY =
      """
      $TTL 300
      @ SOA ns1 hostmaster SERIAL 3600 600 86400 60
      @ NS ns1
      @ NS ns2
      ns1 A @21
      ns2 A @22
      @ MX 10 mx
      @ TXT "v=spf1 ip4:192.0.2.0/24 -all"
      _dmarc TXT "v=DMARC1; p=reject"
      mx A 192.0.2.1
      hop A 192.0.2.7
      """;

  static final String DELEGATION =
      """
      corp NS ns1.corp
      corp NS ns2.corp
      ns1.corp A @21
      ns2.corp A @22
      lame NS ns1.corp
      """;

  public final DnsLab lab = DnsLab.open();
  final Bind parent = lab.bind(10);
  public final Bind one = lab.bind(21);
  final Bind two = lab.bind(22);
  private @Nullable Unbound unbound;

  public DnsScene() {
    parent.zone(
        ".",
        """
        $TTL 60
        @ SOA a.root. hostmaster. SERIAL 60 60 60 1
        @ NS a.root.
        a.root. A @10
        test. NS ns.test.
        ns.test. A @10
        2.0.192.in-addr.arpa. NS ns.test.
        """);
  }

  /// @param signed whether the zone above is, so that the chain of trust begins there
  DnsScene delegate(String delegation, boolean signed) {
    String text =
        "$TTL 2\n@ SOA ns hostmaster SERIAL 3600 600 86400 1\n@ NS ns\nns A @10\n" + delegation;
    String anchor = signed ? parent.signed("test", text) : "";
    if (!signed) {
      parent.zone("test", text);
    }
    if (unbound == null) {
      List<String> lines =
          new ArrayList<>(List.of("local-zone: \"2.0.192.in-addr.arpa.\" nodefault"));
      if (signed) {
        lines.add("trust-anchor: \"" + anchor + "\"");
        lines.add("val-bogus-ttl: 1");
      } else {
        // What is staged next is seen at once.
        lines.add("cache-max-ttl: 0");
        lines.add("cache-max-negative-ttl: 0");
      }
      unbound = lab.unbound(53, 10, lines.toArray(String[]::new));
    }
    return this;
  }

  public DnsScene healthy() {
    corp(HEALTHY);
    return delegate(DELEGATION, false);
  }

  public DnsScene corp(String text) {
    one.zone("corp.test", text);
    two.zone("corp.test", text);
    return this;
  }

  public Unbound unbound() {
    return requireNonNull(unbound);
  }

  /// Its resolver, as a command line takes it.
  public String resolver() {
    return lab.address(53) + ":53";
  }

  /// Where nobody answers.
  public String closedPort() {
    return lab.address(200) + ":53";
  }

  Plan plan(Duration every) {
    EmailAddress canary = EmailAddress.parse("canary@corp.test");
    Dependency hop = new Dependency(new DomainName("hop.corp.test"), "A", "default", List.of());
    return new Plan(
        Map.of(),
        Map.of(),
        Map.of("default", new Resolver("default", List.of(unbound().socket()))),
        Map.of("out", Paths.dns("out", canary, canary, List.of(hop))),
        ServiceSettings.DEFAULT,
        new DnsSettings(every, every.multipliedBy(5), List.of(), 53, ROUTABLE),
        Map.of());
  }

  @Override
  public void close() {
    lab.close();
  }
}
