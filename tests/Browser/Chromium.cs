using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>One Chromium for all tests; each test gets pages of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    IPlaywright? _playwright;
    IBrowser? _browser;

    static string? Executable => new[] { Environment.GetEnvironmentVariable("JUXTA_CHROMIUM") }.Concat(Places).FirstOrDefault(File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Executable is not { } path) return;
        // A busy machine may take its time: what is waited for is a state, and the usual five seconds would be a measurement.
        Assertions.SetDefaultExpectTimeout(30_000);
        _playwright = await Playwright.CreateAsync();
        // A busy machine is slow, not wrong.
        Assertions.SetDefaultExpectTimeout(30_000);
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = Arguments });
    }

    /// <summary>A fresh profile: its own cookies, its own pages. Skips the test where there is no Chromium.</summary>
    public async Task<IBrowserContext> ProfileAsync(Uri address, int width = 1360, int height = 860, ColorScheme scheme = ColorScheme.Light, bool touch = false)
    {
        Assert.SkipWhen(_browser is null, $"Chromium absent: neither $JUXTA_CHROMIUM nor {string.Join(", ", Places)} exists (apt-get install chromium)");
        IBrowserContext profile = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            HasTouch = touch,
            IsMobile = touch,
        });
        profile.SetDefaultTimeout(30_000);
        return profile;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
