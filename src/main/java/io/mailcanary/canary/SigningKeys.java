package io.mailcanary.canary;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The keys that sign canaries. The newest signs, all of them verify, so that keys can rotate.
public final class SigningKeys {
  /// What an id looks like: it stands in clear in each tag.
  public static final Pattern ID = Pattern.compile("[a-z0-9]{1,8}");

  /// The shortest secret that is taken, in bytes.
  public static final int SHORTEST_SECRET = 16;

  static final int MAC_BYTES = 10;
  private static final int PATH_BYTES = 4;
  private static final String ALGORITHM = "HmacSHA256";

  private final Map<String, SecretKeySpec> keys = new LinkedHashMap<>();
  private final String newest;

  /// @param id one to eight lower-case letters and digits
  /// @param secret at least {@value SigningKeys#SHORTEST_SECRET} bytes
  public record Key(String id, byte[] secret) {
    public Key {
      if (!ID.matcher(id).matches()) {
        throw new IllegalArgumentException(
            "a key's id has 1 to 8 lower-case letters and digits, not '%s'".formatted(id));
      }
      if (secret.length < SHORTEST_SECRET) {
        throw new IllegalArgumentException(
            "the secret of key '%s' has fewer than %d bytes".formatted(id, SHORTEST_SECRET));
      }
      secret = secret.clone();
    }

    @Override
    public String toString() {
      return "Key[" + id + "]";
    }
  }

  /// @param newestFirst at least one
  public SigningKeys(List<Key> newestFirst) {
    if (newestFirst.isEmpty()) {
      throw new IllegalArgumentException("at least one signing key is needed");
    }
    newest = newestFirst.getFirst().id();
    newestFirst.forEach(
        key -> keys.putIfAbsent(key.id(), new SecretKeySpec(key.secret(), ALGORITHM)));
  }

  /// Signs a tag for a canary of `path`.
  public CanaryTag sign(CanaryId id, String path) {
    byte[] pathPart = pathPart(path);
    byte[] mac = mac(newest, id, pathPart);
    ByteBuffer bytes = ByteBuffer.allocate(CanaryId.BYTES + PATH_BYTES + MAC_BYTES);
    bytes.put(id.bytes()).put(pathPart).put(mac);
    return new CanaryTag(id, newest + "-" + Base32.encode(bytes.array()));
  }

  /// Says whether `text`, which has the form of a tag, was signed by one of these keys.
  public TagCheck verify(String text) {
    int dash = text.indexOf('-');
    String keyId = text.substring(0, dash);
    if (!keys.containsKey(keyId)) {
      return new TagCheck.UnknownKey(keyId);
    }
    ByteBuffer bytes = ByteBuffer.wrap(Base32.decode(text.substring(dash + 1)));
    byte[] pathPart = new byte[PATH_BYTES];
    byte[] mac = new byte[MAC_BYTES];
    CanaryId canary = new CanaryId(bytes);
    bytes.get(pathPart).get(mac);
    return MessageDigest.isEqual(mac, mac(keyId, canary, pathPart))
        ? new TagCheck.Genuine(new CanaryTag(canary, text))
        : new TagCheck.Forged(text);
  }

  /// Whether a genuine tag was signed for a path of that name.
  public static boolean isFor(CanaryTag tag, String path) {
    byte[] bytes = Base32.decode(tag.text().substring(tag.text().indexOf('-') + 1));
    byte[] part = Arrays.copyOfRange(bytes, CanaryId.BYTES, CanaryId.BYTES + PATH_BYTES);
    return MessageDigest.isEqual(part, pathPart(path));
  }

  private byte[] mac(String keyId, CanaryId id, byte[] pathPart) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(keys.get(keyId));
      mac.update(keyId.getBytes(StandardCharsets.US_ASCII));
      mac.update((byte) 0);
      mac.update(id.bytes());
      mac.update(pathPart);
      return Arrays.copyOf(mac.doFinal(), MAC_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + ALGORITHM, e);
    }
  }

  private static byte[] pathPart(String path) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(path.getBytes(StandardCharsets.UTF_8));
      return Arrays.copyOf(digest, PATH_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
