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
    readonly SemaphoreSlim _launching = new(1, 1);

    static string? Executable => new[] { Environment.GetEnvironmentVariable("JUXTA_CHROMIUM") }.Concat(Places).FirstOrDefault(File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Executable is not { } path) return;
        // A busy machine may take its time: what is waited for is a state, and the usual five seconds would be a measurement.
        Assertions.SetDefaultExpectTimeout(30_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await LaunchAsync(path);
    }

    /// <summary>A fresh profile: its own cookies, its own pages. Skips the test where there is no Chromium.</summary>
    public async Task<IBrowserContext> ProfileAsync(Uri address, int width = 1360, int height = 860, ColorScheme scheme = ColorScheme.Light, bool touch = false)
    {
        Assert.SkipWhen(_browser is null, $"Chromium absent: neither $JUXTA_CHROMIUM nor {string.Join(", ", Places)} exists (apt-get install chromium)");
        IBrowserContext profile = await (await LivingAsync()).NewContextAsync(new BrowserNewContextOptions
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

    Task<IBrowser> LaunchAsync(string path) => _playwright!.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = Arguments });

    /// <summary>A browser that died under one test must not fail all that come after it.</summary>
    async Task<IBrowser> LivingAsync()
    {
        await _launching.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _browser!.IsConnected ? _browser : _browser = await LaunchAsync(Executable!);
        }
        finally
        {
            _launching.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _launching.Dispose();
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
