package io.mailcanary.wire;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.Session;
import java.io.IOException;
import java.net.URL;
import java.util.Enumeration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class AngusMailTest {
  @Test
  void noVirtualThreadLooksForProvidersItself() throws InterruptedException {
    List<String> asked = new CopyOnWriteArrayList<>();
    List<String> hosts = new CopyOnWriteArrayList<>();
    List<String> askedAtLast = new CopyOnWriteArrayList<>();
    ClassLoader listening =
        new ClassLoader(AngusMailTest.class.getClassLoader()) {
          @Override
          public Enumeration<URL> getResources(String name) throws IOException {
            if (Thread.currentThread().isVirtual()) {
              asked.add(name);
            }
            return super.getResources(name);
          }
        };
    Properties properties = new Properties();
    properties.setProperty("mail.smtp.host", "relay.example");
    Thread virtual =
        Thread.ofVirtual()
            .unstarted(() -> {
              hosts.add(AngusMail.session(properties).getProperty("mail.smtp.host"));
              askedAtLast.addAll(asked);
              Session.getInstance(properties);
            });
    virtual.setContextClassLoader(listening);
    virtual.start();
    virtual.join();
    assertThat(hosts).containsExactly("relay.example");
    assertThat(askedAtLast).isEmpty();
    assertThat(asked).as("the plain way would be seen here").isNotEmpty();
  }
}
