using System.Diagnostics;
using Agora.Torque.Server.Queue;

namespace Agora.Torque.Server.Service;

/// <summary>Gives mails to a command such as sendmail; without one, mails are not sent.</summary>
/// <param name="command">Called as <c>COMMAND -t</c> with the mail, its head included, on its standard input.</param>
internal sealed class Mailer(string? command, Action<string> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Returns at once: a mail that cannot be sent must not hold up a job.</summary>
    public void Send(QueueEffect.Mail mail)
    {
        if (command is not null)
            _ = Task.Run(() => SendAsync(mail));
    }

    private async Task SendAsync(QueueEffect.Mail mail)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command!, ["-t"]) { RedirectStandardInput = true })!;
            await process.StandardInput.WriteAsync(
                $"{(mail.From is null ? "" : $"From: {mail.From}\n")}To: {string.Join(", ", mail.To)}\nSubject: {mail.Subject}\n\n{mail.Body}");
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(Patience);
            await process.WaitForExitAsync(patience.Token);
            if (process.ExitCode != 0)
                log($"{command} ended with {process.ExitCode}; the mail '{mail.Subject}' may be lost");
        }
        catch (Exception e) when (e is IOException or System.ComponentModel.Win32Exception or OperationCanceledException)
        {
            log($"the mail '{mail.Subject}' was not sent: {e.Message}");
        }
    }
}
